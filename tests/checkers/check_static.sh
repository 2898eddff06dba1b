#!/bin/sh
# SPDX-License-Identifier: MIT
# What reads the code: gcc -fanalyzer, clang-tidy, cppcheck.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/checkers/checkers.sh"
check analyzer tidy cppcheck
