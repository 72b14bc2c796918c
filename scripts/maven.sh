#!/bin/sh
# usage: scripts/maven.sh LOG MAVEN-ARGUMENTS...
# Runs Maven with all its output in LOG, and on the terminal only what shows how far it is.
set -u

log=$1
shift
mkdir -p "$(dirname "$log")"
cd "$SLUICE_ROOT" || exit 1

# A pipe yields the status of its last command, so Maven's takes the way over a file.
{
    mvn -B -ntp -Dstyle.color=never "$@" </dev/null
    echo $? >"$log.status"
} 2>&1 | tee "$log" | sed -u -n \
    -e 's/^\[INFO\] Building \(.*[^ ]\)  *\[\([0-9]*\)\/\([0-9]*\)\]$/[\2\/\3] \1/p' \
    -e 's/^\[[A-Z]*\] Tests run: \([0-9]*\), Failures: 0, Errors: 0, Skipped: \([0-9]*\), Time elapsed: \(.*\) -- in \(.*\)$/      \4: \1 run, \2 skipped, \3/p' \
    -e 's/^\[ERROR\] Tests run: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\), .*Time elapsed: \(.*\) <<<.* -- in \(.*\)$/      \5: \1 run, \2 failed, \3 in error, \4/p'

status=$(cat "$log.status" 2>/dev/null || echo 1)
rm -f "$log.status"
exit "$status"
