#!/bin/sh
# SPDX-License-Identifier: MIT
# Every system call of a repair fails with each possible error and is interrupted in each way.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

tap_needs_netns
export srcdir builddir
for program in faults interrupts; do
	"$builddir/tests/faults/$program" >"$tmp/$program" 2>"$tmp/errors" || sed 's/^/# /' "$tmp/errors"
	tap_include "$tmp/$program" "$program: "
done
tap_done
