// Two files with a static function of one name and different sizes, as the kernel has dozens of type_show().
extern "C" {

extern volatile int count;
void leaf(int value);

[[gnu::noinline]] static void type_show() {
    leaf(1);
    count = count + 1;
}

void show_one() {
    type_show();
    count = count + 1;
}
}
