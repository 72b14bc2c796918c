#!/bin/sh
# usage: ./sluice package [--fast] [--to FOLDER]
# Puts what was built into one tar.gz that needs nothing but a C library and libcrypto: the launcher, the jars, a Java
# runtime of only the modules that are used, a systemd unit, the documents, the list of what is in it and its licences.
# --fast leaves out the cache of classes, which makes a start quicker, and compresses less.
set -eu

home=${SLUICE_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
target=$home/target/package
whole=true
effort=6
while [ $# -gt 0 ]; do
    case $1 in
        --fast)
            whole=false
            effort=1
            ;;
        --to)
            target=${2:?a folder}
            shift
            ;;
        *)
            echo "usage: ./sluice package [--fast] [--to FOLDER]" >&2
            exit 64
            ;;
    esac
    shift
done

lib=$home/deploy/target/lib
version=$(sed -n 's/^  <version>\(.*\)<\/version>$/\1/p' "$home/pom.xml" | head -n 1)
machine=$(uname -m)
name=sluice-$version-linux-$machine
stage=$target/$name
case $machine in
    x86_64) netty_machine=x86_64 jna_machine=linux-x86-64 ;;
    aarch64) netty_machine=aarch_64 jna_machine=linux-aarch64 ;;
    *)
        echo "sluice: packages are made for x86_64 and aarch64, not for $machine" >&2
        exit 69
        ;;
esac

rm -rf "$stage"
mkdir -p "$stage/lib/native"
cp -p "$lib"/*.jar "$stage/lib/"
cp "$home/sluice" "$stage/"
cp -R "$home/docs" "$stage/"
cp "$home/README.md" "$home/CONTRIBUTING.md" "$home/SECURITY.md" "$home/CHANGELOG.md" "$stage/"
cp -R "$home/deploy/package/." "$stage/"
cp -R "$home/deploy/prometheus" "$home/deploy/grafana" "$stage/"

# What libraries would else unpack to a temporary folder at each start, which a read-only root does not have.
unpack() {
    (cd "$stage/lib/native" && "$JAVA_HOME/bin/jar" --extract --file "$1" "$2" && mv "$2" .)
    rm -rf "${stage:?}/lib/native/${2%%/*}"
}
for jar in "$stage"/lib/netty-transport-native-epoll-*-linux-"$netty_machine".jar; do
    unpack "$jar" "META-INF/native/libnetty_transport_native_epoll_$netty_machine.so"
done
for jar in "$stage"/lib/jna-*.jar; do
    unpack "$jar" "com/sun/jna/$jna_machine/libjnidispatch.so"
done
# The other machine's.
for jar in "$stage"/lib/netty-transport-native-epoll-*-linux-*.jar; do
    case $jar in
        *-linux-"$netty_machine".jar) ;;
        *) rm "$jar" ;;
    esac
done

# After the other machine's is gone, and before a cache of classes is made.
"$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "$home/scripts/Unsigned.java" "$stage/lib"

# What of others is in it, and under which licence.
repository=${MAVEN_REPOSITORY:-${HOME:-}/.m2/repository}
if [ -d "$repository" ]; then
    "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$lib/*" "$home/scripts/Inventory.java" \
        "$lib" "$repository" "$home/web-client/package-lock.json" "$stage/licences" "$version"
else
    echo "sluice: no list of licences: Maven's repository is not at $repository; set MAVEN_REPOSITORY" >&2
fi

# What the server's classes and those of its libraries name (by jdeps), but for what only paths name that the server does
# not take: scripts, compilers and agents. (Of java.desktop it is java.beans, which ice4j listens by.) Beside it what is
# found by name only (elliptic curves, the zip file system), and what an operator asks a running server with (jcmd, flight
# recordings).
named=java.base,java.desktop,java.naming,java.net.http,java.security.jgss,java.sql,jdk.jfr,jdk.management,jdk.net,jdk.unsupported
not_taken=java.compiler,java.instrument,java.scripting
if $whole; then
    found=$(cd "$stage/lib" && "$JAVA_HOME/bin/jdeps" --print-module-deps --ignore-missing-deps --multi-release 25 ./*.jar)
    for module in $(echo "$found" | tr ',' ' '); do
        case ,$named,$not_taken, in
            *,"$module",*) ;;
            *)
                echo "sluice: the runtime lacks $module, which is used now: add it in scripts/package.sh" >&2
                exit 1
                ;;
        esac
    done
fi
"$JAVA_HOME/bin/jlink" --add-modules "$named,jdk.crypto.ec,jdk.zipfs,jdk.jcmd,jdk.management.agent" \
    --no-header-files --no-man-pages --compress zip-0 --vm server --output "$stage/runtime"

# Classes as they lie in memory after a start: the next start takes them from there.
if $whole; then
    "$home/scripts/class-cache.sh" "$stage"
fi

tar --create --directory "$target" --owner=0 --group=0 --numeric-owner --sort=name "$name" |
    gzip -"$effort" >"$target/$name.tar.gz"
rm -rf "$stage"
echo "$target/$name.tar.gz"
