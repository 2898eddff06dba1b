# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What check_*.sh share: scripts/check with these tools, as TAP. `. "$srcdir/tests/checkers.sh"` after tap.sh; then
# check NAME...
# shellcheck disable=SC2154 # tap.sh sets builddir, netns, srcdir, tmp

check() {
	if ! "$netns" -- true 2>/dev/null; then
		tap_skip "$*" "neither root nor allowed to make a user namespace"
		tap_done
		return
	fi
	status=0
	"$srcdir/scripts/check" --in "$builddir/check" "$@" >"$tmp/out" 2>"$tmp/log" || status=$?
	[ "$status" -eq 0 ] || sed 's/^/# /' "$tmp/log"
	while read -r word name; do
		case $word in
		ok) tap_ok 0 "$name" ;;
		MISS) tap_ok 1 "$name" ;;
		esac
	done <"$tmp/out"
	tap_is "$status" 0 "scripts/check $* finds nothing"
	tap_done
}
