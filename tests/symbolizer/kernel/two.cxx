extern "C" {

extern volatile int count;
void leaf(int value);

[[gnu::noinline]] static void type_show() {
    count = count + 20;
    leaf(2);
    count = count + 2;
    leaf(3);
    count = count + 4;
    leaf(5);
    count = count + 6;
}

void show_two() {
    type_show();
    count = count + 1;
}
}
