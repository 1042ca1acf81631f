#!/usr/bin/env python3
"""A large dump all of which has to be read: a hole in a sparse file, in which vmcoreinfo is searched in vain.

usage: vmcore_large.py STALLSIGHT [GIBIBYTES]

Prints wall time and peak memory (of stallsight or of its process that reads the dump, whichever is more), and how long
stopping takes. Fails where more memory is taken than `most_memory`, or stopping takes longer than `most_seconds`.
"""
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time

most_memory, most_seconds = 64, 1.0


def write_dump(path, gibibytes):
    """An ELF core of x86-64 with one segment of memory."""
    size, start = gibibytes << 30, 4096
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 4, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(header + struct.pack("<IIQQQQQQ", 1, 7, start, 0, 0, size, size, 0))
        file.truncate(start + size)


def start(command):
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    gibibytes = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    with tempfile.TemporaryDirectory() as folder:
        dump = os.path.join(folder, "dump")
        write_dump(dump, gibibytes)
        command = [sys.argv[1], "vmcore", "--log", dump]

        process = start(command)
        time.sleep(1)
        begin = time.perf_counter()
        process.send_signal(signal.SIGINT)
        process.wait()
        stopped = time.perf_counter() - begin

        begin = time.perf_counter()
        _, _, usage = os.wait4(start(command).pid, 0)
        seconds, memory = time.perf_counter() - begin, usage.ru_maxrss / 1024
    print(f"  {gibibytes} GiB read in {seconds:.1f} s with {memory:.0f} MB, at most {most_memory} MB are wanted;"
          f" stopped in {stopped:.3f} s, at most {most_seconds} s are wanted")
    sys.exit(1 if memory > most_memory or stopped > most_seconds else 0)


main()
