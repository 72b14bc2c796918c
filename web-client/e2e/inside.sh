#!/bin/sh
# usage: SLUICE_NAMESPACE=NAME e2e/inside.sh [ARGUMENT]...
# Chromium in a network namespace, started as Playwright starts a browser.
exec ip netns exec "$SLUICE_NAMESPACE" /usr/bin/chromium "$@"
