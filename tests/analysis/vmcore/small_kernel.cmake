# The memory of a kernel in small that small_kernel_test.cpp reads. Its own options, as test_kernel's.
enable_language(C)
add_executable(test_small_kernel analysis/vmcore/small_kernel.c)
target_compile_options(test_small_kernel PRIVATE -g -O0 -w -fno-pie -fno-sanitize=all -fno-stack-protector
    -ffreestanding)
target_link_options(test_small_kernel PRIVATE -nostdlib -static -no-pie -fno-sanitize=all -Wl,--build-id)
if(TARGET test_analysis)
    add_dependencies(test_analysis test_small_kernel test_kernel)
endif()
