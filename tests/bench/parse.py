#!/usr/bin/env python3
"""Measures reading a large log beside `wc -l` and `lnav -n`, page cache warm. Wall time: each command in turn with
`wc -l`, seven times, the best of each and the median of the seven ratios; what it prints goes to /dev/null. The peak of
private memory, and whether exactly the reports that the generator counted are found: in a run of their own, since to watch
a process takes time from it.

usage: parse.py NAME LOG TRUTH.json BIN_DIR"""
import collections
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def timed(command):
    start = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)
    return time.monotonic() - start


def in_turn(command, other, times=7):
    """-> (best of the one, best of the other, median of the ratios)"""
    pairs = [(timed(command), timed(other)) for _ in range(times)]
    return min(a for a, _ in pairs), min(b for _, b in pairs), statistics.median(a / b for a, b in pairs)


def watched(command):
    """-> (peak of private memory in MiB, standard output)"""
    with tempfile.TemporaryFile() as out:
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
        out.seek(0)
        return peak / 1024, out.read()


def main():
    name, log, truth_file, bin_dir = sys.argv[1:5]
    with open(truth_file) as f:
        truth = json.load(f)
    print('%s, %.0f MiB, %d lines' % (name, os.path.getsize(log) / 2**20, truth['lines']))
    count_lines = ['wc', '-l', log]
    timed(count_lines)
    failed = False
    for label, command in (('scan alone', [os.path.join(bin_dir, 'scan_dump'), log]),
                           ('stallsight analyze', [os.path.join(bin_dir, 'stallsight'), 'analyze', '--json', log])):
        seconds, wc, ratio = in_turn(command, count_lines)
        peak, out = watched(command)
        try:
            found = collections.Counter(e['kind'] for e in json.loads(out)['events'])
        except (ValueError, KeyError):
            print('  %-19s no usable answer' % label)
            failed = True
            continue
        exact = all(found.get(k, 0) == n for k, n in truth['reports'].items())
        exact = exact and sum(found.values()) == sum(truth['reports'].values())
        print('  %-19s %7.2f s, wc -l %.2f s: %.1f x (median %.1f), %.0f MiB private, reports %s' % (
            label, seconds, wc, seconds / wc, ratio, peak, 'exact' if exact else 'WRONG: %s, want %s' % (dict(found), truth['reports'])))
        failed = failed or not exact
    if shutil.which('lnav'):
        print('  lnav -n             %7.2f s' % timed(['lnav', '-n', log]))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
