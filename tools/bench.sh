#!/usr/bin/env bash
# Runs the benchmarks, each beside its peer: tools/bench.sh [parse|forms|timeline|vmcore], or tools/bench.sh symbolize [VMLINUX]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
maker=${STALLSIGHT_SHARED:-$root/../shared}/bench/make_biglog.py
what=${1:-parse}
megabytes=${STALLSIGHT_BENCH_MB:-1024}

# A folder for the logs that are made, in $work; fails where there is no generator.
make_room() {
    if [ ! -f "$maker" ]; then
        echo "no log generator at $maker: nothing to measure"
        return 1
    fi
    work=$(mktemp -d "${TMPDIR:-/tmp}/stallsight-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
}

parse() {
    make_room || return 0
    local format
    for format in dmesg kern.log; do
        python3 "$maker" "$megabytes" "$work/big.log" --format "$format" > "$work/truth.json"
        python3 "$root/tests/bench/parse.py" "$format" "$work/big.log" "$work/truth.json" \
            "$root/build/release/bin"
    done
}

# Forms that are written anew before they are read, each about as large as the plain log of `parse`.
forms() {
    make_room || return 0
    local form percent
    while read -r form percent; do  # of the form's size, what the plain log takes
        python3 "$maker" $((megabytes * percent / 100)) "$work/plain.log" > "$work/truth.json"
        python3 "$root/tests/bench/rewrite_log.py" "$form" "$work/plain.log" "$work/big.log"
        python3 "$root/tests/bench/parse.py" "$form" "$work/big.log" "$work/truth.json" "$root/build/release/bin"
    done <<< "utf-16 50
colours 86
journal-json 19
journal-export 22
dmesg-json 60"
}

captures=${STALLSIGHT_SHARED:-$root/../shared}/captures/x86_64

# The captures' kernel, unpacked into $work; fails where it is not there.
unpack_kernel() {
    if [ ! -f "$captures/build/vmlinux.xz" ]; then
        echo "no kernel at $captures/build/vmlinux.xz: nothing to measure"
        return 1
    fi
    work=$(mktemp -d "${TMPDIR:-/tmp}/stallsight-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    xz -dc "$captures/build/vmlinux.xz" > "$work/vmlinux"
}

# Without an argument, the kernel of the captures.
symbolize() {
    local kernel=${1:-}
    if [ -z "$kernel" ]; then
        unpack_kernel || return 0
        kernel=$work/vmlinux
    fi
    python3 "$root/tests/bench/symbolize.py" "$root/build/release/bin/stallsight" "$kernel"
}

# The captures' filtered dump: crash 8.0.2 reads it without rearranging it first.
vmcore() {
    if ! command -v crash >/dev/null; then
        echo "crash is not installed: nothing to measure beside"
        return 0
    fi
    unpack_kernel || return 0
    python3 "$root/tests/bench/vmcore.py" "$root/build/release/bin/stallsight" \
        "$captures/vmcore-spin/vmcore.makedumpfile-d31-zlib" "$work/vmlinux" "$captures/build/ko"
    local dump session
    for dump in vmcore.makedumpfile-d31-zlib vmcore.kdump-zlib; do
        for session in "$captures/vmcore-spin/crash-oracle.txt" "$root/tests/data/crash/vmcore-spin-9.0.2.txt"; do
            echo "stacks of $dump beside crash's in $(basename "$session")"
            python3 "$root/tests/bench/vmcore_stacks.py" "$root/build/release/bin/stallsight" \
                "$captures/vmcore-spin/$dump" "$work/vmlinux" "$captures/build/ko" "$session"
        done
    done
    echo "a dump of many gibibytes"
    python3 "$root/tests/bench/vmcore_large.py" "$root/build/release/bin/stallsight"
    if ! command -v drgn >/dev/null; then
        echo "drgn is not installed: no stacks beside it"
        return 0
    fi
    echo "stacks beside drgn's"
    python3 "$root/tests/bench/vmcore_drgn.py" "$root/build/release/bin/stallsight" \
        "$captures/vmcore-spin/vmcore.makedumpfile-d31-zlib" "$work/vmlinux" "$captures/build/ko"
}

timeline() {
    QT_QPA_PLATFORM=offscreen "$root/build/release/bin/timeline_frames"
}

case $what in
parse) parse ;;
forms) forms ;;
symbolize) symbolize "${2:-}" ;;
timeline) timeline ;;
vmcore) vmcore ;;
*) echo "no benchmark named $what; there are: parse, forms, symbolize, timeline, vmcore" >&2; exit 2 ;;
esac
