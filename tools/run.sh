#!/usr/bin/env bash
# ./dev run [BUNDLE]: opens the window on a bundle or, by its name, on a sample; with no display it prints the analysis and leaves the report and a picture.
set -euo pipefail
bundle=${1:-fant-h-cold-standby}
[ ! -e "$bundle" ] && [ -d "sample-logs/$bundle" ] && bundle=sample-logs/$bundle
bin=build/release/bin

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$bin/stallsight" open --samples sample-logs "$bundle"
fi

out=build/run
mkdir -p "$out"
"$bin/stallsight" analyze "$bundle"
"$bin/stallsight" report "$bundle" -o "$out/report.html"
QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$(mktemp -d)} "$bin/stallsight" open --size 1600x1000 --screenshot "$out/window.png" "$bundle"
cat <<END

There is no display here (DISPLAY and WAYLAND_DISPLAY are empty), so instead of the window:
  report   $PWD/$out/report.html
  picture  $PWD/$out/window.png
END
