#!/bin/sh
# SPDX-License-Identifier: MIT
# gcc and clang build everything, tests included, without a warning.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/tree.sh"

for compiler in gcc clang; do
	if ! command -v $compiler >/dev/null; then
		tap_skip "$compiler builds without a warning" "no $compiler here"
		continue
	fi
	build=$tmp/$compiler status=0
	tree_configure "$build" CC=$compiler --enable-werror || status=1
	# An empty TESTS builds them but runs none.
	make -C "$build" all check TESTS= >"$build/make.log" 2>&1 || status=1
	! grep -q 'warning:' "$build/make.log" || status=1
	[ -e "$build/.libs/libnoselfconn.so" ] || status=1
	[ $status -eq 0 ] || tail -n 40 "$build/make.log" | sed 's/^/# /'
	tap_ok $status "$compiler builds without a warning"
	grep -q -- '-Wconversion' "$build/Makefile" && status=0 || status=1
	tap_ok $status "$compiler was asked for strict warnings"
done

tap_done
