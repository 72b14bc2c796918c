#!/bin/sh
# usage: ./sluice vulnerabilities [--sbom FILE] [--service URL]
# Asks osv.dev for the known weaknesses of all that is packed: the jars, and the page's packages. FILE is the sbom.json of a
# package; without it, what was built last is looked at. URL is that of another service that answers like osv.dev.
set -eu

home=${SLUICE_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
lib=$home/deploy/target/lib
sbom=
service=https://api.osv.dev
while [ $# -gt 0 ]; do
    case $1 in
        --sbom)
            sbom=${2:?a file}
            shift
            ;;
        --service)
            service=${2:?a URL}
            shift
            ;;
        *)
            echo "usage: ./sluice vulnerabilities [--sbom FILE] [--service URL]" >&2
            exit 64
            ;;
    esac
    shift
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
run() {
    "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$lib/*" "$@"
}
if [ -z "$sbom" ]; then
    sbom=$scratch/sbom.json
    run "$home/scripts/Inventory.java" "$lib" "${MAVEN_REPOSITORY:-${HOME:-}/.m2/repository}" \
        "$home/web-client/package-lock.json" "$scratch" unreleased
fi
run "$home/scripts/Vulnerabilities.java" "$sbom" "$service"
