#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the live tests with each method and with refuse. They mostly wait, so they run in parallel.
# usage: live_ways.sh [WAY...]
# WAY is auto, prevent, replace, rewind or refuse; the default is all of them.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

[ -x "$builddir/tests/live/live" ] || tap_skip_all "the library Check is missing, so the live tests are not built"
tap_needs_netns
[ $# -gt 0 ] || set -- auto prevent replace rewind refuse
export builddir
for way; do
	setting=METHOD
	[ "$way" != refuse ] || setting=GIVE_UP
	env "NOSELFCONN_$setting=$way" "$builddir/tests/live/live" >"$tmp/$way" 2>"$tmp/$way.errors" </dev/null &
done
wait
for way; do
	sed 's/^/# /' "$tmp/$way.errors"
	tap_include "$tmp/$way" "$way: "
done
tap_done
