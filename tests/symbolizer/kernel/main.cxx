// A kernel in small: linked, with its relocations kept (--emit-relocs), as a relocatable kernel's vmlinux is.
extern "C" {

volatile int count;

[[gnu::used]] const char linux_banner[] = "Linux version 6.1.0-fixture (x@y) #1 SMP";

[[gnu::noinline]] void leaf(int value) {
    count = count + value;
}

[[gnu::always_inline]] static inline void inlined(int value) {
    leaf(value);  // line 13: called from the inlined body
    count = count + 1;
}

[[gnu::noinline]] void tail_caller(int value) {
    count = count + 2;
    leaf(value);
}

[[gnu::noinline]] void caller(int value) {
    inlined(value);  // line 23: where the body was inlined
    tail_caller(value);
    count = count + 3;
}

void show_one();
void show_two();

void _start() {
    count = linux_banner[0];
    caller(4);
    show_one();
    show_two();
    for (;;) count = count + 1;
}
}
