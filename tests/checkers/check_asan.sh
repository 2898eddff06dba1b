#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests and the tools with AddressSanitizer and UndefinedBehaviorSanitizer.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/checkers/checkers.sh"
check asan
