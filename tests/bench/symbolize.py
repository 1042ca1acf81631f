#!/usr/bin/env python3
"""Random text addresses of a kernel: our answers beside those of llvm-symbolizer and eu-addr2line.

usage: symbolize.py STALLSIGHT VMLINUX [COUNT]

Prints how often we agree where those two agree, each difference, and wall time and peak memory of each program.
eu-addr2line takes about a millisecond for an address; a program that is not installed is left out.
"""
import os
import posixpath
import random
import re
import shutil
import subprocess
import sys
import tempfile


def code_sections(path):
    """(address, size) of each section of code, by readelf."""
    text = subprocess.run(["readelf", "-SW", path], capture_output=True, text=True, check=True).stdout
    pattern = r"\]\s+(\S+)\s+PROGBITS\s+([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\S+\s+\S*X"
    return [(int(a, 16), int(s, 16)) for name, a, s in re.findall(pattern, text) if "init" not in name]


def random_addresses(path, count):
    sections = code_sections(path)
    generator = random.Random(5079)
    places = generator.choices(sections, weights=[size for _, size in sections], k=count)
    return [address + generator.randrange(size) for address, size in places]


def timed(command, addresses):
    """Output, wall seconds and peak memory in MB."""
    with tempfile.TemporaryFile("w+") as asked, tempfile.TemporaryFile("w+") as said:
        asked.write("".join(f"{address:#x}\n" for address in addresses))
        asked.seek(0)
        start = os.times().elapsed
        process = subprocess.Popen(command, stdin=asked, stdout=said, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = os.times().elapsed - start
        if status != 0:
            sys.exit(f"{command[0]} failed")
        said.seek(0)
        return said.read(), elapsed, usage.ru_maxrss / 1024


def place(function, location):
    path, _, line = location.partition(" ")[0].partition(":")
    line = line.partition(":")[0]
    known = path not in ("", "??")
    name = re.sub(r" inlined at .*", "", function)
    return ("" if name == "??" else name, posixpath.normpath(path) if known else "", int(line) if line.isdigit() else 0)


def answers(text):
    """One list of (function, file, line) an address; each answer starts with its address."""
    found = []
    for block in re.split(r"^0x[0-9a-f]+\n", text, flags=re.M)[1:]:
        lines = [line for line in block.split("\n") if line]
        found.append([place(*pair) for pair in zip(lines[::2], lines[1::2])])
    return found


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    stallsight, vmlinux = sys.argv[1], sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
    commands = {
        "stallsight": [stallsight, "symbolize", "--addr2line", "-a", "-e", vmlinux],
        "llvm-symbolizer": ["llvm-symbolizer", "-a", "-e", vmlinux],
        "addr2line": ["addr2line", "-a", "-f", "-i", "-e", vmlinux],
        "eu-addr2line": ["eu-addr2line", "-a", "-f", "-i", "-e", vmlinux],
    }
    said = {}
    for size in (15, count):
        addresses = random_addresses(vmlinux, size)
        print(f"{size} addresses")
        for name, command in commands.items():
            if not shutil.which(command[0]):
                continue
            text, elapsed, memory = timed(command, addresses)
            said[name] = answers(text)
            print(f"  {name:16} {elapsed:7.2f} s {memory:6.0f} MB")
    judges = [said[name] for name in ("llvm-symbolizer", "eu-addr2line") if name in said]
    if len(judges) < 2:
        return
    agreed = [i for i in range(count) if judges[0][i] == judges[1][i]]
    wrong = [i for i in agreed if said["stallsight"][i] != judges[0][i]]
    print(f"{len(agreed)} answers of llvm-symbolizer and eu-addr2line are the same; {len(wrong)} of ours differ")
    for i in wrong[:20]:
        print(f"  {addresses[i]:#x}: {said['stallsight'][i]} instead of {judges[0][i]}")
    sys.exit(1 if len(wrong) > len(agreed) / 1000 else 0)


main()
