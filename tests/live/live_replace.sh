#!/bin/sh
# SPDX-License-Identifier: MIT
# The live tests once more, under NOSELFCONN_METHOD=replace.
exec env NOSELFCONN_METHOD=replace "${builddir:?}/tests/live/live"
