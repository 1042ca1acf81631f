#!/usr/bin/env python3
"""The stacks of all tasks of a dump: the functions that `stallsight vmcore --stacks` and `crash` find, task by task.

usage: vmcore_stacks.py STALLSIGHT DUMP VMLINUX [MODULE_FOLDER [SESSION]]

SESSION is what crash printed of the same memory before; without it crash is asked. Where crash's stack ends before ours,
the dump's memory is asked whether our further frames are there: each return address on the stack where we say, each
behind a call, and behind a call through a pointer where crash stopped, which its check of callers cannot follow
(BT_CHECK_CALLER, crash 8.0.2, x86_64.c: it wants the call instruction to name the function). Such a difference is
explained. Fails where less than 99 % of the tasks are alike or explained.
"""
import re
import subprocess
import sys

WANTED = 0.99
ROW = re.compile(r"^\s*#\d+ \[([0-9a-f]+)\] (\S+) at ([0-9a-f]+)")


def ask_crash(vmlinux, dump, commands):
    return subprocess.run(["crash", "-s", vmlinux, dump], input=commands + "quit\n", text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def stacks_of(text):
    """Task address -> its name and its rows (where on the stack, function, return address)."""
    stacks = {}
    rows = None
    for line in text.splitlines():
        head = re.match(r"^PID: \d+\s+TASK: ([0-9a-f]+)\s.*COMMAND: (.*)", line)
        if head:
            name, rows = stacks.setdefault(head[1], (head[2].strip('"'), []))
            again = bool(rows)  # bt -a after foreach bt
        row = ROW.match(line)
        if row and rows is not None and not again:
            rows.append((row[1], row[2], row[3]))
    return {task: stack for task, stack in stacks.items() if stack[1]}


def functions(rows):
    return [row[1] for row in rows]


def is_explained(vmlinux, dump, ours, theirs):
    """Whether what we have more is in the dump's memory, and crash stopped at a call through a pointer."""
    if functions(ours)[:len(theirs)] != functions(theirs):
        return False
    more = ours[len(theirs):]
    commands = "".join(f"rd -64 {where}\ndis -r {address}\n" for where, _, address in more)
    answers = ask_crash(vmlinux, dump, commands)
    for number, (where, function, address) in enumerate(more):
        if not re.search(rf"^\s*{where}:\s+{address}\b", answers, re.M):
            return False
        before = re.search(rf"^(.*)\n0x{address} <", answers, re.M)  # the instruction before the return address
        if function != "ret_from_fork" and not (before and "call" in before[1]):
            return False
        if number == 0 and not (before and "*" in before[1]):
            return False
    return bool(more)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    stallsight, dump, vmlinux = sys.argv[1:4]
    debug = ["--debug-dir", vmlinux] + (["--debug-dir", sys.argv[4]] if len(sys.argv) > 4 else [])
    ours = stacks_of(subprocess.run([stallsight, "vmcore", "--stacks", dump] + debug, text=True,
                                    stdout=subprocess.PIPE, check=False).stdout)
    if len(sys.argv) > 5:
        with open(sys.argv[5], errors="replace") as session:
            theirs = stacks_of(session.read())
    else:
        theirs = stacks_of(ask_crash(vmlinux, dump, "foreach bt\n"))
    alike = explained = 0
    for task, (name, rows) in theirs.items():
        mine = ours.get(task, ("", []))[1]
        if functions(mine) == functions(rows):
            alike += 1
        elif is_explained(vmlinux, dump, mine, rows):
            explained += 1
            print(f"  {name}: explained: crash stops after {rows[-1][1]}, which {mine[len(rows)][1]} called through a "
                  f"pointer; our {len(mine) - len(rows)} further frames are on the stack, each behind a call")
        else:
            print(f"  {name}: crash {functions(rows)}, we {functions(mine)}")
    print(f"  {len(theirs)} tasks of which crash shows a stack: {alike} alike, {explained} explained")
    sys.exit(0 if theirs and (alike + explained) / len(theirs) >= WANTED else 1)


main()
