# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What check_*.sh share: runs scripts/check with some tools and prints TAP.
# Source this file after tap.sh, then call: check NAME...
# shellcheck disable=SC2154 # tap.sh sets builddir, netns, srcdir, tmp

check() {
	tap_needs_netns
	status=0
	"$srcdir/scripts/check" --in "$builddir/check" "$@" >"$tmp/out" 2>"$tmp/log" || status=$?
	[ "$status" -eq 0 ] || sed 's/^/# /' "$tmp/log"
	tap_of "$tmp/out"
	tap_is "$status" 0 "scripts/check $* finds nothing"
	tap_done
}
