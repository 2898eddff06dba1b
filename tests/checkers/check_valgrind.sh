#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests and clients under the shim, with valgrind's memcheck and helgrind.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/checkers/checkers.sh"
check memcheck helgrind
