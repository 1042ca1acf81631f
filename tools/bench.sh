#!/usr/bin/env bash
# Runs the benchmarks, each beside its peer: tools/bench.sh [parse|timeline], or tools/bench.sh symbolize [VMLINUX]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
maker=${STALLSIGHT_SHARED:-$root/../shared}/bench/make_biglog.py
what=${1:-parse}
megabytes=${STALLSIGHT_BENCH_MB:-1024}

parse() {
    if [ ! -f "$maker" ]; then
        echo "no log generator at $maker: nothing to measure"
        return 0
    fi
    work=$(mktemp -d "${TMPDIR:-/tmp}/stallsight-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    local format
    for format in dmesg kern.log; do
        python3 "$maker" "$megabytes" "$work/big.log" --format "$format" > "$work/truth.json"
        python3 "$root/tests/bench/parse.py" "$format" "$work/big.log" "$work/truth.json" \
            "$root/build/release/bin"
    done
}

# Without an argument, the kernel of the captures.
symbolize() {
    local packed=${STALLSIGHT_SHARED:-$root/../shared}/captures/x86_64/build/vmlinux.xz kernel=${1:-}
    if [ -z "$kernel" ]; then
        if [ ! -f "$packed" ]; then
            echo "no kernel at $packed: name a vmlinux with debug info"
            return 0
        fi
        work=$(mktemp -d "${TMPDIR:-/tmp}/stallsight-bench.XXXXXX")
        trap 'rm -rf "$work"' EXIT
        kernel=$work/vmlinux
        xz -dc "$packed" > "$kernel"
    fi
    python3 "$root/tests/bench/symbolize.py" "$root/build/release/bin/stallsight" "$kernel"
}

timeline() {
    QT_QPA_PLATFORM=offscreen "$root/build/release/bin/timeline_frames"
}

case $what in
parse) parse ;;
symbolize) symbolize "${2:-}" ;;
timeline) timeline ;;
*) echo "no benchmark named $what; there are: parse, symbolize, timeline" >&2; exit 2 ;;
esac
