#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the short form of scripts/soak: about 60,000 connections, each accounted for.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

tap_needs_netns
status=0
"$srcdir/scripts/soak" --built "$builddir" 60000 >"$tmp/out" 2>"$tmp/err" || status=$?
tap_of "$tmp/out"
[ "$status" -eq 0 ] || sed 's/^/# /' "$tmp/err"
tap_is "$status" 0 "scripts/soak says that nothing is missing"
tap_done
