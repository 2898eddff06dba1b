#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests with ThreadSanitizer.
. "${srcdir:-$(dirname "$0")/..}/tests/tap.sh"
. "$srcdir/tests/checkers.sh"
check tsan
