#!/bin/sh
# SPDX-License-Identifier: MIT
# The short form of scripts/suites: parts of other projects' test suites pass under the shim as they do without it.
. "${srcdir:-$(dirname "$0")/..}/tests/tap.sh"

# The comparison itself, on runs made up here.
# usage: runs DIRECTORY KIND.ROUND STATUS...   of the tests a, b, c ...
runs() {
	mkdir -p "$tmp/$1/$2"
	to=$tmp/$1/$2/sorted letters=abcdef
	shift 2
	for status; do
		[ "$status" = none ] || printf '%.1s\t%s\n' "$letters" "$status"
		letters=${letters#?}
	done >"$to"
}
# usage: judged DIRECTORY ROUNDS
judged() {
	awk -v rounds="$2" -f "$srcdir/tests/suites.awk" "$tmp/$1"/with*/sorted | sort | tr '\t\n' ' ;'
}
runs same without.1 passed failed skipped
runs same with.1 passed failed skipped
tap_is "$(judged same 1)" "sum 3 1 1 0 0 1;" "no difference is none"
runs worse without.1 passed passed passed skipped
runs worse with.1 failed none passed passed
tap_is "$(judged worse 1)" "differs a 1/1 0/1;differs b 1/1 0/1;differs d 0/1 1/1;sum 4 3 2 3 0 1;" \
	"a test that fails, one that is missing, and one that is no longer skipped are"
for round in 1 2 3; do
	runs flaky "without.$round" "$([ $round = 2 ] && echo failed || echo passed)" passed passed
	runs flaky "with.$round" passed "$([ $round = 2 ] && echo failed || echo passed)" failed
done
tap_is "$(judged flaky 3)" "differs c 3/3 0/3;sum 3 1 0 1 2 0;unsteady a 2/3 3/3;unsteady b 3/3 2/3;" \
	"a test that is unsteady with or without is named, and no difference"

if ! "$netns" -- unshare --mount true 2>/dev/null; then
	tap_skip "suites" "neither root nor allowed to make namespaces"
	tap_done
	exit
fi
set -- cpython perl tcl
rm -rf "$builddir/suites/cpython/short" "$builddir/suites/perl/short" "$builddir/suites/tcl/short"
"$srcdir/scripts/suites" --built "$builddir" --short --rounds 1 "$@" >"$tmp/out" 2>&1 || :
sed 's/^/# /' "$tmp/out"
for name; do
	figures=$builddir/suites/$name/short/figures
	if [ ! -s "$figures" ]; then
		tap_skip "$name" "its suite or its program is not to be had"
		continue
	fi
	tap_is "$(grep "^differs" "${figures%/*}/verdicts" || :)" "" \
		"$name: no test passes on one side only"
	tap_is "$(awk -F '\t' '{ print ($3 > 100 && $4 > 100 && $5 > 100) }' "$figures")" 1 "$name: its tests did run"
	tap_is "$(awk -F '\t' '{ split($9, n, " of "); print (n[1] > 0 && n[1] == n[2]) }' "$figures")" 1 \
		"$name: the shim is in each of its processes"
	tap_is "$(awk -F '\t' '{ split($10, n, " of "); print (n[1] > 0 && n[1] == n[2]) }' "$figures")" 1 \
		"$name: every connect() of theirs to the internet families goes through it"
done
tap_done
