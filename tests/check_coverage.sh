#!/bin/sh
# SPDX-License-Identifier: MIT
# Which lines and branches of src/shim the tests run, and that what they do not has its reason.
. "${srcdir:-$(dirname "$0")/..}/tests/tap.sh"
. "$srcdir/tests/checkers.sh"
check coverage
