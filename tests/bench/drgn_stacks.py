"""What drgn finds on the stack of each task of a dump; run by drgn itself: drgn -q -c DUMP -s VMLINUX drgn_stacks.py

Prints a line for each CPU, "cpu NUMBER PID-OF-ITS-TASK"; then for each task "task ADDRESS NAME" and for each of its
frames, the innermost first, "  ADDRESS FUNCTION", with " inlined" behind it where its body is in the next one's;
"?" where the function is no debug info's.
"""
from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.percpu import per_cpu
from drgn.helpers.linux.pid import for_each_task

runqueues = [per_cpu(prog["runqueues"], cpu) for cpu in for_each_online_cpu(prog)]
for number, queue in enumerate(runqueues):
    print("cpu", number, queue.curr.pid.value_())


def is_kernel(address):
    return address >> 63


def name_of(frame):
    if frame.is_inline:
        return frame.name + " inlined"
    # The debug info names a function without the suffix (.constprop.0) that the symbol has. Assembler has no name
    # there, and of several labels inside each other drgn takes the outer one, crash and we the nearest.
    return frame.symbol().name if frame.name else "?"


for task in [*for_each_task(prog), *(queue.idle for queue in runqueues)]:
    print("task", f"{task.value_():x}", task.comm.string_().decode(errors="replace"))
    for frame in prog.stack_trace(task):
        if is_kernel(frame.pc):
            print(f"  {frame.pc:x} {name_of(frame)}")
