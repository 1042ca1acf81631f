#!/usr/bin/env bash
# Runs the benchmarks, each beside its peer: tools/bench.sh [parse]
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
    local work
    work=$(mktemp -d "${TMPDIR:-/tmp}/stallsight-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    local format
    for format in dmesg kern.log; do
        python3 "$maker" "$megabytes" "$work/big.log" --format "$format" > "$work/truth.json"
        python3 "$root/tests/bench/parse.py" "$format" "$work/big.log" "$work/truth.json" \
            "$root/build/release/bin"
    done
}

case $what in
parse) parse ;;
*) echo "no benchmark named $what; there is: parse" >&2; exit 2 ;;
esac
