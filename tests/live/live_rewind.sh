#!/bin/sh
# SPDX-License-Identifier: MIT
# The live tests once more, under NOSELFCONN_METHOD=rewind.
exec env NOSELFCONN_METHOD=rewind "${builddir:?}/tests/live/live"
