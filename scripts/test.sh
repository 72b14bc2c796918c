#!/bin/sh
# usage: ./sluice test [MAVEN-ARGUMENTS...]
# Builds everything, runs all tests, and ends with a table of their times and their count.
set -u

# All tests together may take this long: it grows with each issue that is done, up to a bound.
issues=9
seconds_per_issue=180
seconds_at_most=1500

# Those without a browser wait most of the time: two cores carry three of them beside each other.
forks=3
[ "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" -ge 2 ] || forks=1

log=$SLUICE_ROOT/target/test.log
"$SLUICE_ROOT/scripts/test-tools.sh"

# Reports of tests that are gone would be counted.
rm -rf "$SLUICE_ROOT"/*/target/surefire-reports "$SLUICE_ROOT"/*/target/failsafe-reports

began=$(date +%s)
"$SLUICE_ROOT/scripts/maven.sh" "$log" verify -Dmaven.test.redirectTestOutputToFile=true \
    -Dsluice.captures.seeds=1000 -Dsluice.it.forks=$forks "$@"
maven_status=$?
took=$(($(date +%s) - began))
budget=$((issues * seconds_per_issue))
[ "$budget" -le "$seconds_at_most" ] || budget=$seconds_at_most

[ "$maven_status" -eq 0 ] || "$SLUICE_ROOT/scripts/failure.sh" "$log"

"$JAVA_HOME/bin/java" "$SLUICE_ROOT/scripts/TestSummary.java" \
    "$SLUICE_ROOT" "$took" "$budget"
summary_status=$?

[ "$maven_status" -eq 0 ] || exit "$maven_status"
exit "$summary_status"
