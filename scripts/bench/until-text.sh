#!/bin/bash
# until-text TEXT COMMAND…: runs QEMU until its console shows the text.
set -u
text=$1
shift
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
mkfifo "$directory/console"
"$@" </dev/null >"$directory/console" 2>&1 &
qemu=$!
# A prompt has no end of line, which grep waits for: the text's last character is made one.
grep --quiet --max-count=1 --fixed-strings -e "${text%?}" \
  < <(stdbuf --output=0 tr -- "${text: -1}" '\n' <"$directory/console")
found=$?
kill "$qemu" 2>/dev/null
wait "$qemu" 2>/dev/null
exit "$found"
