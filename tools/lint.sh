#!/usr/bin/env bash
# ./dev lint [--fix] [FILE...]: clang-format, then clang-tidy with the rules in .clang-tidy. Clean means silent.
set -euo pipefail
fix=
[ "${1:-}" = --fix ] && { fix=1; shift; }

mapfile -t files < <(git ls-files '*.cpp' '*.h')
if [ -n "$fix" ]; then
    clang-format -i "${files[@]}"
else
    clang-format --dry-run --Werror "${files[@]}"
fi

# What Qt code may be: only app/gui knows it.
if git grep -nE '#include <Q[A-Za-z/]*>' -- base parsers symbolizer analysis app/cli; then
    echo "lint: Qt outside app/gui" >&2
    exit 1
fi

mapfile -t sources < <(if [ $# -gt 0 ]; then printf '%s\n' "$@"; else git ls-files 'base/*.cpp' 'parsers/*.cpp' 'symbolizer/*.cpp' 'analysis/*.cpp' 'app/*.cpp'; fi)
printf '%s\0' "${sources[@]}" | xargs -0 -P "$(nproc)" -n 4 clang-tidy -p build/release --quiet --warnings-as-errors='*' 2>/dev/null
echo "lint: ${#files[@]} files formatted, ${#sources[@]} checked"
