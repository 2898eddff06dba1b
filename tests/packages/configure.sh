#!/bin/sh
# SPDX-License-Identifier: MIT
# configure reports at once what cannot be built, and trusts no compiler flag that it could not
# check.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/tree.sh"

status=0
tree_configure "$tmp/static" --disable-shared || status=$?
tap_is "$([ $status -ne 0 ] && echo fails), $(grep -c 'libnoselfconn is a shared library' "$tmp/static/configure.log")" "fails, 1" \
	"--disable-shared fails in configure, with the reason"

# A distribution's compiler may turn -static-pie into -pie, which only readelf shows.
mkdir "$tmp/bin"
for folder in $(echo "$PATH" | tr : ' '); do
	for program in "$folder"/*; do
		case $program in
		*readelf | *'/*') ;;
		*) [ -e "$tmp/bin/${program##*/}" ] || ln -s "$program" "$tmp/bin" ;;
		esac
	done
done
(
	PATH=$tmp/bin
	tree_configure "$tmp/blind"
) || sed 's/^/# /' "$tmp/blind/configure.log"
case $(sed -n 's/^NSC_STATIC = //p' "$tmp/blind/Makefile") in
-static-pie) status=1 ;;
*) status=0 ;;
esac
tap_ok $status "without readelf, -static-pie is not trusted"
tap_done
