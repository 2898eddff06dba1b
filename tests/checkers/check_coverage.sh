#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests run every line and branch of src/shim that no marker in the source leaves out.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/checkers/checkers.sh"
check coverage
