#!/bin/sh
# SPDX-License-Identifier: MIT
# A new version in configure.ac changes the Makefile only, so the objects that contain the version depend on the Makefile.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# The inner make must not use the outer one's options.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKE_TERMOUT MAKE_TERMERR

make -C "$builddir" -npq >"$tmp/rules" 2>/dev/null || :
cd "$srcdir"
find src -name '*.[ch]' -exec grep -lw PACKAGE_VERSION {} + | sort >"$tmp/sources"
tap_is "$(grep -c 'src/shim/version\.c' "$tmp/sources")" 1 "the library contains the version"
while read -r source; do
	name=${source##*/}
	grep -E "^${source%/*}/([a-z]+-)?${name%.c}\.l?o: (.* )?Makefile( |$)" "$tmp/rules" >"$tmp/found" && status=0 || status=1
	tap_ok "$status" "a new version compiles $source"
done <"$tmp/sources"
tap_done
