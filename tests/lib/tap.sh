# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The Test Anything Protocol for shell tests. A test sources this file and then calls:
#
#   tap_ok STATUS NAME           passes if STATUS is 0
#   tap_is HAVE WANT NAME        passes if both strings are the same
#   tap_skip NAME REASON         skips this case; a failure if NSC_NO_SKIP is set
#   tap_skip_all REASON          skips the whole test and exits
#   tap_of FILE                  one case for each `ok NAME` or `MISS NAME` line of FILE
#   tap_include FILE PREFIX      the cases of a test that printed its own TAP into FILE
#   tap_needs COMMAND            skips the whole test if the command is missing
#   tap_needs_netns              skips the whole test if no network namespace can be made
#   tap_needs_strace             skips the whole test if strace is missing or may not trace
#   tap_done                     prints the plan; the last call
#
# It sets library (the built libnoselfconn.so), netns (runs a command in its own network namespace)
# and tmp (a directory that is removed at the end). No path in them contains a space.
set -eu

srcdir=${srcdir:-$(CDPATH='' cd "$(dirname "$0")/../.." && pwd)}
builddir=${builddir:-$srcdir/build}
# Other users must be able to read the files that a test makes.
umask 022
tmp=$(TMPDIR=/tmp mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
# LD_PRELOAD splits at spaces and colons.
case $builddir in
*[' :']*)
	ln -s "$builddir" "$tmp/builddir"
	builddir=$tmp/builddir
	;;
esac
# shellcheck disable=SC2034 # for the test
library=$builddir/.libs/libnoselfconn.so netns=$srcdir/scripts/netns
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

tap_skip_all() {
	tap_skip "$(basename "$0" .sh)" "$1"
	tap_done
	exit 0
}

tap_of() {
	while read -r tap_word tap_name; do
		case $tap_word in
		ok) tap_ok 0 "$tap_name" ;;
		MISS) tap_ok 1 "$tap_name" ;;
		esac
	done <"$1"
}

tap_include() {
	awk -v count="$tap_count" -v prefix="$2" '
		/^(not )?ok / { sub(/ok [0-9]+ - /, "ok " ++count " - " prefix); seen++ }
		/^1\.\.[0-9]+/ { planned = substr($1, 4) + 0; if (!planned) reason = $0; next }
		{ print }
		END {
			if (planned == "" || planned != seen + 0)
				print "not ok " ++count " - " prefix "ran to its end: " seen + 0 " cases"
			else if (!planned)
				print "ok " ++count " - " prefix substr(reason, index(reason, "# SKIP"))
		}' "$1" >"$tmp/included"
	cat "$tmp/included"
	tap_count=$((tap_count + $(grep -cE '^(not )?ok ' "$tmp/included")))
}

tap_needs() {
	command -v "$1" >/dev/null || tap_skip_all "no $1 here"
}

tap_needs_netns() {
	tap_why=$("$netns" 40000 40001 -- true 2>&1) || tap_skip_all "no network namespace: ${tap_why#netns: }"
}

tap_needs_strace() {
	strace -qq -o /dev/null true 2>/dev/null || tap_skip_all "no strace here, or it may not trace"
}

tap_done() {
	echo "1..$tap_count"
}
