#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests with ThreadSanitizer.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/checkers/checkers.sh"
check tsan
