#!/usr/bin/env bash
# Scores what is found in logs against a corpus of known kernel reports: figures first, then every miss.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
corpus=${STALLSIGHT_SHARED:-$root/../shared}/corpus
if [ ! -f "$corpus/score_reports.py" ] || [ ! -d "$corpus/kernel-reports" ]; then
    echo "no corpus at $corpus: nothing to score"
    exit 0
fi
program="$root/build/release/bin/stallsight analyze --json {log}"
exec python3 "$corpus/score_reports.py" "$corpus/kernel-reports" --cmd "${STALLSIGHT_SCORE_CMD:-$program}" --show 1000 "$@"
