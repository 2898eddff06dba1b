#!/bin/sh
# SPDX-License-Identifier: MIT
# Replaces the unit tests if configure has not found Check.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
tap_skip_all "the library Check is missing, so the unit tests are not built"
