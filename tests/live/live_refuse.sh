#!/bin/sh
# SPDX-License-Identifier: MIT
# The live tests once more, under NOSELFCONN_GIVE_UP=refuse.
exec env NOSELFCONN_GIVE_UP=refuse "${builddir:?}/tests/live/live"
