#!/bin/sh
# SPDX-License-Identifier: MIT
# What the library takes from libc: a short list, all of it weak and without a version, so that one file loads beside every
# libc and into a program without one. A new import fails here first.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/tree.sh"

# src/shim/imports.h says what happens if one is missing. All are async-signal-safe, except dlsym, its two substitutes and
# environ, which only the start uses. syscall is for machines that raw_syscall.h does not know.
allowed='__register_atfork __errno_location __libc_dlopen_mode __libc_dlsym _pthread_cleanup_pop _pthread_cleanup_push clock_gettime
__clock_gettime64 dlsym environ getauxval gnu_get_libc_version syscall'

# usage: judge LIBRARY WHAT
judge() {
	undefined=$(nm -D --undefined-only "$1")
	echo "# imports: $(echo "$undefined" | awk '{ print $NF }' | tr '\n' ' ')"
	tap_is "$(echo "$undefined" | awk '$1 != "w"')" '' "$2 needs no symbol: each import is weak"
	tap_is "$(echo "$undefined" | awk '{ print $NF }' | grep -vxF "$(echo "$allowed" | tr ' ' '\n')" | tr '\n' ' ')" '' \
		"$2 imports nothing beyond the list, and no version"
	tap_is "$(echo "$undefined" | grep -cw dlsym)" 1 "$2 does import dlsym, so there was something to look at"
	tap_is "$(readelf -dVW "$1" | grep -cE 'NEEDED|VERNEED')" 0 "$2 needs no other library and no version of one"
	tap_is "$(readelf -lW "$1" | grep -cw TLS)" 0 "$2 has no thread-local storage"
}

judge "$library" "the library"

hardened=$tmp/hardened
status=0
tree_configure "$hardened" CPPFLAGS=-D_FORTIFY_SOURCE=2 CFLAGS='-O2 -fstack-protector-strong' || status=1
make -C "$hardened" libnoselfconn.la >"$hardened/make.log" 2>&1 || status=1
[ $status -eq 0 ] || tail -n 40 "$hardened/make.log" | sed 's/^/# /'
tap_ok $status "the library is built as distributions build"
judge "$hardened/.libs/libnoselfconn.so" "that one"
tap_is "$(objdump -d "$hardened/.libs/libnoselfconn.so" | grep -c 'call.*<__stack_chk_fail>' | sed 's/^[1-9][0-9]*$/some/')" some \
	"that one has its stack protected, so the options were used"

tap_done
