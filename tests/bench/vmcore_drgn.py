#!/usr/bin/env python3
"""The stacks of all tasks of a dump as drgn finds them, beside ours: return addresses, functions and inlined functions.

usage: vmcore_drgn.py STALLSIGHT DUMP VMLINUX [MODULE_FOLDER]

drgn takes the registers of the note with the task's PID where the task runs, as a kernel's own kdump writes them
(crash_save_cpu). QEMU writes the CPU's number + 1 there, which makes drgn take an idle CPU's registers for init's: it
reads a copy of the dump in which the notes name the tasks that ran. Fails where a task differs.
"""
import glob
import os
import re
import struct
import subprocess
import sys
import tempfile

# An ELF note's head ("CORE", struct elf_prstatus of x86-64), and where pr_pid is behind it.
PRSTATUS = struct.pack("<III8s", 5, 336, 1, b"CORE")
PR_PID = len(PRSTATUS) + 32


def ask_drgn(dump, files):
    script = os.path.join(os.path.dirname(__file__), "drgn_stacks.py")
    symbols = [option for file in files for option in ("-s", file)]
    return subprocess.run(["drgn", "-q", "-c", dump, *symbols, script], text=True, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.splitlines()


def name_tasks(dump, pids, named):
    """Copies the dump to `named`, its CPUs' notes with the PIDs of their tasks."""
    with open(dump, "rb") as file:
        data = bytearray(file.read())
    at = -1
    for pid in pids:
        at = data.index(PRSTATUS, at + 1)
        struct.pack_into("<I", data, at + PR_PID, pid)
    with open(named, "wb") as file:
        file.write(data)


def drgn_stacks(dump, files):
    """Task address -> its name and its frames, each (address, function)."""
    pids = [int(line.split()[2]) for line in ask_drgn(dump, files[:1]) if line.startswith("cpu")]
    with tempfile.TemporaryDirectory() as folder:
        named = os.path.join(folder, "dump")
        name_tasks(dump, pids, named)
        lines = ask_drgn(named, files)
    stacks = {}
    for line in lines:
        words = line.split()
        if words[0] == "task":
            frames = []
            stacks[words[1]] = (" ".join(words[2:]), frames)
        elif words[0] != "cpu":
            frames.append((words[0], " ".join(words[1:])))
    return stacks


def our_stacks(text):
    """Task address -> the same of what `stallsight vmcore --stacks` printed."""
    stacks = {}
    for stack in text.split("\n\n"):
        task = re.match(r"\s*PID: \d+\s+TASK: ([0-9a-f]+)\s", stack)
        if not task:
            continue
        frames = stacks[task[1]] = []
        for line in stack.splitlines():
            if found := re.match(r"\s+#\d+ \[[0-9a-f]+\] (\S+) at ([0-9a-f]+)", line):
                frames.append((found[2], found[1]))
            elif found := re.match(r"\s+\[exception RIP: ([^\s+\]]+)", line):
                frames.append(("", found[1]))
            elif found := re.match(r"\s+RIP: ([0-9a-f]+) ", line):
                frames[-1] = (found[1], frames[-1][1])
            elif found := re.search(r"\(inlined (\S+)\)$", line):
                frames.insert(-1, (frames[-1][0], found[1] + " inlined"))
    return stacks


def is_alike(ours, theirs):
    return len(ours) == len(theirs) and all(
        mine[0] == other[0] and other[1] in (mine[1], "?") for mine, other in zip(ours, theirs))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    stallsight, dump, vmlinux = sys.argv[1:4]
    modules = sys.argv[4] if len(sys.argv) > 4 else None
    theirs = drgn_stacks(dump, [vmlinux] + (sorted(glob.glob(os.path.join(modules, "*.ko"))) if modules else []))
    debug = ["--debug-dir", vmlinux] + (["--debug-dir", modules] if modules else [])
    ours = our_stacks(subprocess.run([stallsight, "vmcore", "--stacks", dump] + debug, text=True,
                                     stdout=subprocess.PIPE, check=False).stdout)
    alike = 0
    for task, (name, frames) in theirs.items():
        if is_alike(ours.get(task, []), frames):
            alike += 1
        else:
            print(f"  {name}: drgn {frames}, we {ours.get(task, [])}")
    frames = [function for _, frames in theirs.values() for _, function in frames]
    inlined = sum(function.endswith(" inlined") for function in frames)
    print(f"  {len(theirs)} tasks of drgn, {len(ours)} of ours, {alike} alike in all of {len(frames)} frames, of"
          f" which {inlined} are inlined functions")
    sys.exit(0 if theirs and alike == len(theirs) == len(ours) else 1)


main()
