#!/bin/sh
# Fetches what tests use and the machine lacks, where that is allowed: browsers, Prometheus, PostgreSQL, GStreamer as a foreign
# client, coturn to be relayed by, and Janus to compare with; or those of them that are named. It never fails: tests that miss something skip themselves and say so.
set -u

tools=${SLUICE_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}/target/tools
has() {
    if [ "$1" = gstreamer ]; then
        /usr/bin/python3 -c "import gi; gi.require_version('GstWebRTC', '1.0')" 2>/dev/null
        return
    fi
    if [ "$1" = postgresql ]; then
        [ -n "$(find /usr/lib/postgresql "$tools/postgresql/usr/lib/postgresql" -name initdb 2>/dev/null)" ]
        return
    fi
    if [ "$1" = coturn ]; then
        command -v turnserver >/dev/null || [ -x "$tools/coturn/usr/bin/turnserver" ]
        return
    fi
    command -v "$1" >/dev/null || [ -x "$tools/$1" ] || [ -x "$tools/$1/usr/bin/$1" ]
}

lacking=
[ $# -gt 0 ] || set -- chromium firefox-esr promtool prometheus postgresql janus coturn gstreamer
for tool in "$@"; do
    has "$tool" || lacking="$lacking $tool"
done
[ -n "$lacking" ] || exit 0

skip() {
    echo "Not installing$lacking: $1. Tests that need them are skipped."
    exit 0
}

[ -z "${SLUICE_NO_INSTALL:-}" ] || skip "SLUICE_NO_INSTALL is set"
command -v apt-get >/dev/null || skip "no apt-get here"
if [ "$(id -u)" -eq 0 ]; then
    sudo=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    skip "that needs root or sudo without a password"
fi

# The lock is waited for: a fresh machine may be busy with updates of its own. $sudo may be two words or none.
apt() {
    # shellcheck disable=SC2086
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120 "$@" </dev/null 2>&1 |
        sed -u -n -e 's/^Get:/  Get:/p' -e 's/^Setting up/  Setting up/p' -e 's/^[EW]: /  &/p'
}

# Unpacks a package to $tools/$1.d, and installs nothing.
unpack() {
    mkdir -p "$tools/$1.d"
    (
        cd "$tools/$1.d" &&
            apt-get -q download "$1" </dev/null 2>&1 | sed -n -e 's/^[EG]/  &/p' &&
            for package in "$1"_*.deb; do dpkg-deb --extract "$package" .; done
    ) 2>/dev/null
}

# Taken out of their package, which would start a Prometheus with the machine.
fetch_prometheus() {
    unpack prometheus && mv "$tools/prometheus.d/usr/bin/promtool" "$tools/prometheus.d/usr/bin/prometheus" "$tools/"
    rm -rf "$tools/prometheus.d"
}

# The same, but with the libraries that it is linked with; those that are there stay as they are.
fetch_with_libraries() {
    # shellcheck disable=SC2046
    apt install --no-install-recommends --no-upgrade $(apt-cache depends "$1" 2>/dev/null | sed -n 's/^  Depends: \(z\{0,1\}lib.*\)/\1/p')
    unpack "$1" && rm -rf "${tools:?}/$1" && mv "$tools/$1.d" "$tools/$1"
    rm -rf "$tools/$1.d"
}

# The same: its package would start a database of its own. Which version there is says a package without content.
fetch_postgresql() {
    server=$(apt-cache depends postgresql 2>/dev/null | sed -n 's/^  Depends: \(postgresql-[0-9]*\)$/\1/p')
    [ -n "$server" ] || return
    # shellcheck disable=SC2046
    apt install --no-install-recommends --no-upgrade $(apt-cache depends "$server" 2>/dev/null | sed -n -e '/libllvm/d' -e 's/^  Depends: \(lib.*\)/\1/p')
    unpack "$server" && rm -rf "$tools/postgresql" && mv "$tools/$server.d" "$tools/postgresql"
    rm -rf "$tools/$server.d"
}

# A new machine has no package lists, an old one may name versions that are gone: so once more with fresh ones.
echo "Installing$lacking"
for attempt in "with the package lists there are" "with fresh package lists"; do
    [ "$attempt" != "with fresh package lists" ] || apt update
    for tool in $lacking; do
        # One by one, since a distribution may have only one of them.
        has "$tool" && continue
        case $tool in
            promtool | prometheus) fetch_prometheus ;;
            janus | coturn) fetch_with_libraries "$tool" ;;
            postgresql) fetch_postgresql ;;
            gstreamer)
                apt install --no-install-recommends python3-gst-1.0 gir1.2-gst-plugins-bad-1.0 \
                    gstreamer1.0-nice gstreamer1.0-plugins-bad gstreamer1.0-plugins-good
                ;;
            *) apt install --no-install-recommends "$tool" ;;
        esac
    done
    installed=true
    for tool in $lacking; do
        has "$tool" || installed=false
    done
    $installed && exit 0
done
echo "Not all of$lacking could be installed. Tests that need them are skipped."
