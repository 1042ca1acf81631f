#!/usr/bin/env python3
"""Measures reading a large log beside `wc -l` and `lnav -n`: wall time (best of three, page cache warm) and the
peak of private memory. Checks that exactly the reports that the generator counted are found.

usage: parse.py NAME LOG TRUTH.json BIN_DIR"""
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time


def run(command):
    """-> (seconds, peak of private memory in MiB, standard output)"""
    with tempfile.TemporaryFile() as out:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            try:
                with open('/proc/%d/status' % process.pid) as status:
                    for line in status:
                        if line.startswith('RssAnon'):
                            peak = max(peak, int(line.split()[1]))
            except OSError:
                pass
            time.sleep(0.002)
        seconds = time.monotonic() - start
        out.seek(0)
        return seconds, peak / 1024, out.read()


def best(command, times=3):
    runs = [run(command) for _ in range(times)]
    return min(r[0] for r in runs), max(r[1] for r in runs), runs[-1][2]


def main():
    name, log, truth_file, bin_dir = sys.argv[1:5]
    with open(truth_file) as f:
        truth = json.load(f)
    print('%s, %.0f MiB, %d lines' % (name, os.path.getsize(log) / 2**20, truth['lines']))
    wc, _, _ = best(['wc', '-l', log])
    print('  wc -l               %7.2f s' % wc)
    failed = False
    for label, command in (('scan alone', [os.path.join(bin_dir, 'scan_dump'), log]),
                           ('stallsight analyze', [os.path.join(bin_dir, 'stallsight'), 'analyze', '--json', log])):
        seconds, peak, out = best(command)
        try:
            found = collections.Counter(e['kind'] for e in json.loads(out)['events'])
        except (ValueError, KeyError):
            print('  %-19s no usable answer' % label)
            failed = True
            continue
        exact = all(found.get(k, 0) == n for k, n in truth['reports'].items())
        exact = exact and sum(found.values()) == sum(truth['reports'].values())
        print('  %-19s %7.2f s   %.1f x wc, %.0f MiB private, reports %s' % (
            label, seconds, seconds / wc, peak, 'exact' if exact else 'WRONG: %s, want %s' % (dict(found), truth['reports'])))
        failed = failed or not exact
    if shutil.which('lnav'):
        lnav, _, _ = best(['lnav', '-n', log], 1)
        print('  lnav -n             %7.2f s' % lnav)
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
