#!/bin/sh
# usage: scripts/failure.sh LOG
# Prints from Maven's log what tells why it failed: the first errors, and how it ended.
set -u

# Without the advice that Maven adds to every failure, and the colour codes that its script leaves behind.
readable() {
    sed -e 's/\x1b\[[0-9;]*m//g' "$1" |
        grep -v -i -e '^\[ERROR\] *$' -e '\[Help 1\] http' -e 're-run maven' -e 'for more information about the errors' -e '^\(\[INFO\]\)\? *-*$'
}

echo
echo "Maven failed. The first errors:"
readable "$1" | grep '^\[ERROR\]' | head -n 30
echo
echo "The last lines of its output (all of it is in ${1#"$SLUICE_ROOT"/}):"
readable "$1" | tail -n 30
