# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The Test Anything Protocol for the shell tests; `. "$srcdir/tests/lib/tap.sh"`, then one of these per test:
#
#   tap_ok STATUS NAME     passed where STATUS is 0; what went to standard error is its diagnosis
#   tap_is HAVE WANT NAME  passed where both strings are the same
#   tap_skip NAME REASON   not run, and why: a failure where NSC_NO_SKIP is set, as in CI
#   tap_of FILE            a test for each line `ok NAME` (passed) or `MISS NAME` (not) of what a script has printed
#   tap_in_netns WHAT      the whole test is skipped, and over, where no network namespace can be made
#   tap_done               the last one: prints the plan
#
# Sets: library (the built libnoselfconn.so), netns (runs a command in a network namespace of its own),
# tmp (a directory that goes away at the end).
set -eu

srcdir=${srcdir:-$(CDPATH='' cd "$(dirname "$0")/../.." && pwd)}
builddir=${builddir:-$srcdir/build}
# shellcheck disable=SC2034 # for the test
library=$builddir/.libs/libnoselfconn.so netns=$srcdir/scripts/netns
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
tap_count=0

tap_ok() {
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		echo "not ok $tap_count - $2"
	fi
}

tap_is() {
	if [ "$1" = "$2" ]; then
		tap_ok 0 "$3"
	else
		printf '# have: %s\n# want: %s\n' "$1" "$2" | sed '2,$s/^\([^#]\)/#       \1/'
		tap_ok 1 "$3"
	fi
}

tap_skip() {
	if [ -n "${NSC_NO_SKIP-}" ]; then
		echo "# skipped where skipping is forbidden: $2"
		tap_ok 1 "$1"
	else
		tap_count=$((tap_count + 1))
		echo "ok $tap_count - $1 # SKIP $2"
	fi
}

tap_of() {
	while read -r tap_word tap_name; do
		case $tap_word in
		ok) tap_ok 0 "$tap_name" ;;
		MISS) tap_ok 1 "$tap_name" ;;
		esac
	done <"$1"
}

tap_in_netns() {
	! "$netns" -- true 2>/dev/null || return 0
	tap_skip "$1" "neither root nor allowed to make a user namespace"
	tap_done
	exit
}

tap_done() {
	echo "1..$tap_count"
}
