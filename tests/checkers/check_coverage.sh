#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests run every line and branch of src/shim, except those marked in the source.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/checkers/checkers.sh"
if [ "$(id -u)" -ne 0 ]; then
	tap_skip "coverage" "only root runs every line: an owner or a group that changes, a socket filter"
	tap_done
	exit
fi
check coverage
