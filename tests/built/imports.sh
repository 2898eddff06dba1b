#!/bin/sh
# SPDX-License-Identifier: MIT
# What the library takes from libc: a short list, all of it weak and without a version, so that one file loads beside every
# libc and into a program without one. A new import fails here first.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# src/shim/imports.h says what happens if one is missing. All are async-signal-safe, except dlsym, its two substitutes and
# environ, which only the start uses. syscall is for machines that raw_syscall.h does not know.
allowed='__register_atfork __errno_location __libc_dlopen_mode __libc_dlsym _pthread_cleanup_pop _pthread_cleanup_push clock_gettime
__clock_gettime64 dlsym environ getauxval gnu_get_libc_version syscall'

undefined=$(nm -D --undefined-only "$library")
echo "# imports: $(echo "$undefined" | awk '{ print $NF }' | tr '\n' ' ')"
tap_is "$(echo "$undefined" | awk '$1 != "w"')" '' "the library needs no symbol: each import is weak"
tap_is "$(echo "$undefined" | awk '{ print $NF }' | grep -vxF "$(echo "$allowed" | tr ' ' '\n')" | tr '\n' ' ')" '' \
	"it imports nothing beyond the list, and no version"
tap_is "$(echo "$undefined" | grep -cw dlsym)" 1 "it does import dlsym, so there was something to look at"
tap_is "$(readelf -dVW "$library" | grep -cE 'NEEDED|VERNEED')" 0 "it needs no other library and no version of one"
tap_is "$(readelf -lW "$library" | grep -cw TLS)" 0 "it has no thread-local storage"

tap_done
