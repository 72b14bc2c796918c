#!/bin/sh
# usage: scripts/page.sh
# Builds the conference page (web-client) to web-client/target/classes, if its sources are newer than the last build.
# Where that cannot be done it says why and exits with 69: the server then serves the small page of the plain protocol.
set -u

home=${SLUICE_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}/web-client
stamp=$home/target/built
log=$home/target/build.log
cd "$home" || exit 69

is_built() {
    [ -e "$stamp" ] && [ -e target/classes/conference/index.html ] || return 1
    newer=$(find package.json package-lock.json tsconfig.json vite.config.ts index.html src public -newer "$stamp" | head -n 1)
    [ -z "$newer" ]
}

cannot() {
    printf 'The conference page is not built: %s.\n' "$1" >&2
    exit 69
}

is_built && exit 0

# The oldest that Vite runs on.
command -v npm >/dev/null && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null ||
    cannot "Node.js 20.19 or newer with npm is not on the PATH: get it from https://nodejs.org"

mkdir -p target
# `test` has it built while others are tested; whoever needs it meanwhile waits here.
if command -v flock >/dev/null; then
    exec 9>target/lock
    flock 9
    is_built && exit 0
fi
touch "$stamp.began"
echo "Building the conference page"
# npm notes in this file what it installed last.
if [ package-lock.json -nt node_modules/.package-lock.json ] || [ ! -e node_modules/.package-lock.json ]; then
    npm ci --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=20000 >"$log" 2>&1 ||
        cannot "npm could not fetch its packages (${log#"$home"/} in web-client says more)"
fi
npm run --silent build >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    cannot "its build failed"
}
mv "$stamp.began" "$stamp"
