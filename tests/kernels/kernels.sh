#!/bin/sh
# SPDX-License-Identifier: MIT
# The live tests on an older kernel than this machine is likely to have: a short run of
# scripts/kernels.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

export NSC_BUILDDIR="$builddir"
kernels=$srcdir/scripts/kernels
# This machine is not Debian, or Debian's archive is unreachable.
if ! "$kernels" --quick --list >/dev/null 2>"$tmp/errors"; then
	tap_skip "the live tests on an older kernel" "$(tail -n 1 "$tmp/errors")"
	tap_done
	exit 0
fi
status=0
"$kernels" --quick --tap || status=$?
exit $status
