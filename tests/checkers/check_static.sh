#!/bin/sh
# SPDX-License-Identifier: MIT
# Static checkers: gcc -fanalyzer, clang-tidy and cppcheck.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/checkers/checkers.sh"
check analyzer tidy cppcheck
