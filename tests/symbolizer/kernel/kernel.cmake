# The kernel in small that kernel_test.cpp asks about. Its own options: it must not depend on those of the program.
add_executable(test_kernel symbolizer/kernel/main.cxx symbolizer/kernel/one.cxx symbolizer/kernel/two.cxx)
set_target_properties(test_kernel PROPERTIES CXX_CLANG_TIDY "")
target_compile_options(test_kernel PRIVATE -g -O2 -fno-pie -fno-sanitize=all -fno-stack-protector -ffreestanding
    -fcf-protection=none -fno-inline-small-functions)
target_link_options(test_kernel PRIVATE -nostdlib -static -no-pie -fno-sanitize=all -Wl,--emit-relocs,--build-id)
if(TARGET test_symbolizer)
    add_dependencies(test_symbolizer test_kernel)
endif()
