#!/usr/bin/env python3
"""A dump's log, and all its stacks, from start to end: `stallsight vmcore` beside `crash`, in one run.

usage: vmcore.py STALLSIGHT DUMP VMLINUX [MODULE_FOLDER]

Prints wall time and peak memory of each (the best of the rounds; of stallsight with the process that reads the dump)
and their ratios. Our cache of debug info is empty for "cold" and full for "warm". Fails where a target is missed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
# what, commands of crash, our options, our most of crash's time, of its memory
TASKS = [("log", "log\n", ["--log"], 0.1, 1.0),
         ("stacks", "foreach bt\nbt -a\n", ["--stacks"], 0.3, 1.0)]


def timed(command, said, environment, asked=""):
    """Wall seconds and peak memory in MB, of the program or of a process of its own, whichever is more."""
    with tempfile.TemporaryFile("w+") as commands, open(said, "w") as out:
        commands.write(asked)
        commands.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=commands, stdout=out, stderr=subprocess.DEVNULL, env=environment)
        _, _, usage = os.wait4(process.pid, 0)
        return time.perf_counter() - start, usage.ru_maxrss / 1024


class Bench:
    def __init__(self, stallsight, dump, vmlinux, modules, folder):
        self.ours = [stallsight, "vmcore", dump]
        # Its own folder, so that nothing else that lies beside the kernel is looked at.
        self.debug = ["--debug-dir", vmlinux] + (["--debug-dir", modules] if modules else [])
        self.crash = ["crash", "-s", vmlinux, dump]
        self.folder = folder
        self.cache = os.path.join(folder, "cache")
        self.environment = dict(os.environ, XDG_CACHE_HOME=self.cache)

    def said(self, name):
        return os.path.join(self.folder, name.replace(" ", "-"))

    def run(self, commands, options):
        """Best (seconds, MB) of each program."""
        best = {}
        ours = self.ours + options + ([] if options == ["--log"] else self.debug)
        for _ in range(ROUNDS):
            shutil.rmtree(self.cache, ignore_errors=True)
            found = {"cold": timed(ours, self.said("cold"), self.environment)}
            found["warm"] = timed(ours, self.said("warm"), self.environment)
            found["crash"] = timed(self.crash, self.said("crash"), self.environment, commands + "quit\n")
            for name, (seconds, memory) in found.items():
                if name not in best or seconds < best[name][0]:
                    best[name] = seconds, memory
        if open(self.said("cold")).read() != open(self.said("warm")).read():
            sys.exit("the cache answers differently")
        return best


def lines(path, pattern):
    with open(path, errors="replace") as text:
        return sum(1 for line in text if re.search(pattern, line))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(*sys.argv[1:4], sys.argv[4] if len(sys.argv) > 4 else None, folder)
        for what, commands, options, most_time, most_memory in TASKS:
            best = bench.run(commands, options)
            print(what)
            for name, (seconds, memory) in best.items():
                size = os.path.getsize(bench.said(name))
                print(f"  {name:6} {seconds:7.3f} s {memory:6.0f} MB, {size} bytes printed")
            for name in ("cold", "warm"):
                for which, most, unit in ((0, most_time, "time"), (1, most_memory, "memory")):
                    value = best[name][which] / best["crash"][which]
                    missed = missed or value > most
                    print(f"  {name}: {value:.3f} of crash's {unit}, at most {most} is wanted"
                          + (": MISSED" if value > most else ""))
            if what == "log":
                ours, theirs = lines(bench.said("cold"), r"^<\d+>\["), lines(bench.said("crash"), r"^(\[| +\S)")
                print(f"  lines: {ours}, crash prints {theirs}")
                missed = missed or ours != theirs
    sys.exit(1 if missed else 0)


main()
