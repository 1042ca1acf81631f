#!/usr/bin/env bash
# ./dev fuzz [SECONDS]: each target for that long, starting from the samples and the tests' own data. A crash leaves
# its input in build/fuzz/crashes and fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
mkdir -p build/fuzz/crashes

seed() {  # TARGET FILE...
    mkdir -p "build/fuzz/corpus/$1"
    local file
    for file in "${@:2}"; do cp -n "$file" "build/fuzz/corpus/$1/$(basename "$(dirname "$file")")-$(basename "$file")"; done
}
seed kernel_log sample-logs/*/*/*/*.log sample-logs/*/*/*/*.txt
for form in utf-16 colours journal-json journal-export dmesg-json; do
    python3 tests/bench/rewrite_log.py "$form" sample-logs/fant-h-cold-standby/nt-a/core-0/kern.log \
        "build/fuzz/corpus/kernel_log/$form"
done
seed patch sample-logs/*/patch/*
seed crash_text tests/data/crash/*
seed vmcore tests/data/vmcore/*
seed debug_info tests/data/modules/*/*.ko

for target in kernel_log patch crash_text vmcore debug_info; do
    echo "fuzz: $target, $seconds s"
    "build/fuzz/bin/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=400000 \
        -artifact_prefix="build/fuzz/crashes/$target-" -print_final_stats=0 -verbosity=0 "build/fuzz/corpus/$target"
done
