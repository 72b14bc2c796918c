#!/bin/sh
# usage: ./sluice test [MAVEN-ARGUMENTS...]
# Builds everything, runs all tests, and ends with a table of their times and their count.
set -u

# All tests together may take this long: it grows with each issue that is done, up to a bound.
issues=9
seconds_per_issue=180
seconds_at_most=1500

# Those without a browser wait most of the time: two cores carry three of them beside each other.
it_forks=3
# Unit tests, and benchmarks that are only tried, take about one core each.
test_forks=2
[ "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" -ge 2 ] || it_forks=1 test_forks=1

log=$SLUICE_ROOT/target/test.log
"$SLUICE_ROOT/scripts/test-tools.sh"

# Reports of tests that are gone would be counted.
rm -rf "$SLUICE_ROOT"/*/target/surefire-reports "$SLUICE_ROOT"/*/target/failsafe-reports

# The page is tested minutes later: until then it is built beside the first unit tests, which it slows down a little.
# Whoever tests it says why it is not built.
page=
if [ $# -eq 0 ] && command -v flock >/dev/null; then
    "$SLUICE_ROOT/scripts/page.sh" >/dev/null 2>&1 &
    page=$!
fi

began=$(date +%s)
"$SLUICE_ROOT/scripts/maven.sh" "$log" verify -Dmaven.test.redirectTestOutputToFile=true \
    -Dsluice.captures.seeds=1000 -Dsluice.it.forks=$it_forks \
    -Dsluice.test.forks=$test_forks "$@"
maven_status=$?
[ -z "$page" ] || wait "$page"
took=$(($(date +%s) - began))
budget=$((issues * seconds_per_issue))
[ "$budget" -le "$seconds_at_most" ] || budget=$seconds_at_most

[ "$maven_status" -eq 0 ] || "$SLUICE_ROOT/scripts/failure.sh" "$log"

"$JAVA_HOME/bin/java" "$SLUICE_ROOT/scripts/TestSummary.java" \
    "$SLUICE_ROOT" "$took" "$budget"
summary_status=$?

[ "$maven_status" -eq 0 ] || exit "$maven_status"
exit "$summary_status"
