#!/bin/sh
# Installs the browsers that tests drive and the machine lacks, where that is allowed. It never fails: without a
# browser its tests skip themselves and say so.
set -u

lacking=
for browser in chromium firefox-esr; do
    command -v "$browser" >/dev/null || lacking="$lacking $browser"
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

# A new machine has no package lists, an old one may name versions that are gone: so once more with fresh ones.
echo "Installing$lacking"
for attempt in "with the package lists there are" "with fresh package lists"; do
    [ "$attempt" != "with fresh package lists" ] || apt update
    for browser in $lacking; do
        # One by one, since a distribution may have only one of them.
        command -v "$browser" >/dev/null || apt install --no-install-recommends "$browser"
    done
    installed=true
    for browser in $lacking; do
        command -v "$browser" >/dev/null || installed=false
    done
    $installed && exit 0
done
echo "Not all of$lacking could be installed. Tests that need them are skipped."
