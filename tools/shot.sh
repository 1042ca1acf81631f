#!/usr/bin/env bash
# ./dev shot [DIR]: pictures of the window on the sample, light and dark, at the two sizes that it must look well in.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=${1:-build/shots}
mkdir -p "$out"
export QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$(mktemp -d)}
for theme in light dark; do
    for size in 1600x1000 1100x700; do
        picture=$out/window-$theme-$size.png
        build/release/bin/stallsight-window "--$theme" --size "$size" --screenshot "$picture" \
            sample-logs/fant-h-cold-standby
        echo "$picture"
    done
done
