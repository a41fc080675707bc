#!/bin/bash
# until-line TEXT COMMAND…: runs QEMU until its console shows a line with the text.
set -u
text=$1
shift
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
mkfifo "$directory/console"
"$@" </dev/null >"$directory/console" 2>&1 &
grep --quiet --max-count=1 --fixed-strings -e "$text" <"$directory/console"
found=$?
kill "$!" 2>/dev/null
wait "$!" 2>/dev/null
exit "$found"
