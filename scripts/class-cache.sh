#!/bin/sh
# usage: scripts/class-cache.sh PACKAGE
# Starts the server of an unpacked package once, on loopback and on ports that the system chooses, and keeps the classes
# that it loaded in the form that the JVM maps into memory (JEP 514).
set -eu

package=$1
cache=$package/lib/sluice.aot
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

SLUICE_JAVA_OPTS="-XX:AOTCacheOutput=$cache" "$package/sluice" start --port 0 --udp-port 0 --local-address 127.0.0.1 \
    --data-directory "$scratch/data" >"$scratch/log" 2>&1 &
server=$!

fail() {
    echo "sluice: no cache of classes: $1" >&2
    cat "$scratch/log" >&2
    kill -KILL "$server" 2>/dev/null || true
    exit 1
}

seconds=0
until grep -q '^Sluice is ready' "$scratch/log"; do
    kill -0 "$server" 2>/dev/null || fail "the server ended"
    seconds=$((seconds + 1))
    [ "$seconds" -le 60 ] || fail "the server was not ready in time"
    sleep 1
done
kill -TERM "$server"
wait "$server" || [ $? -eq 143 ] || fail "the server did not end well"
[ -s "$cache" ] || fail "the JVM wrote none"
