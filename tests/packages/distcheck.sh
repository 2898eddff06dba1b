#!/bin/sh
# SPDX-License-Identifier: MIT
# make distcheck: the tarball builds and light tests pass from a read-only source tree. The tarball
# holds every file that git knows.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/tree.sh"

mkdir "$tmp/build"
(cd "$tmp/build" && "$tree/configure" -q) >"$tmp/log" 2>&1 || :
status=0
# shellcheck disable=SC2016 # make's
make -C "$tmp/build" distcheck TESTS='$(unit_tests) $(built_tests) tests/lint/layers.sh' >>"$tmp/log" 2>&1 || status=1
[ $status -eq 0 ] || tail -n 60 "$tmp/log" | sed 's/^/# /'
tap_ok $status "make distcheck"

if git -C "$srcdir" rev-parse >/dev/null 2>&1 && [ -e "$srcdir/.git" ]; then
	git -C "$srcdir" ls-files | grep -vxE '\.(gitignore|editorconfig|clang-format|git-blame-ignore-revs)' | sort >"$tmp/tracked"
	(cd "$tree" && find . ! -type d | sed 's|^\./||' | sort) >"$tmp/packed"
	tap_is "$(comm -13 "$tmp/packed" "$tmp/tracked" | tr '\n' ' ')" '' "every file that git knows is in the tarball"
fi
tap_done
