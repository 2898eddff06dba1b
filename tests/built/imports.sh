#!/bin/sh
# SPDX-License-Identifier: MIT
# What the library takes from libc: nothing that allocates, locks, prints, exits, has thread-local storage, or that
# only some libcs have (memcpy's checked variant and its like), and no version of glibc's that is newer than need be. A new
# name fails here first.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/tree.sh"

# All of them async-signal-safe, but dlsym and environ, which are for the start. Compilers make calls of memcpy and
# memset where the source has none, and of __stack_chk_fail where they are asked to; environ has two names in glibc.
allowed='
__environ environ getauxval dlsym
__errno_location
clock_gettime __clock_gettime64 syscall
memcmp memcpy memset strchr strcmp strlen strncmp strrchr
__stack_chk_fail
'
# Weak: nothing where the machine has none. The first four are in every shared object.
allowed_weak='
_ITM_deregisterTMCloneTable _ITM_registerTMCloneTable __cxa_finalize __gmon_start__
_pthread_cleanup_pop _pthread_cleanup_push gnu_get_libc_version
'

# usage: imports LIBRARY U|w
imports() {
	nm -D --undefined-only "$1" | awk -v kind="$2" '$1 == kind { sub(/@.*/, "", $2); print $2 }' | sort
}

# usage: beyond NAMES ALLOWED: those of NAMES that are not in ALLOWED, on one line
beyond() {
	echo "$1" | grep -vxF "$(echo "$2" | tr -s ' ' '\n' | grep .)" | tr '\n' ' '
}

# Names with the glibc that they take, the version's second number in front; usage: versions LIBRARY
versions() {
	nm -D --undefined-only "$1" | sed -n 's/.* \([^ @]*\)@\{1,2\}GLIBC_2\.\([0-9]*\)[.0-9]*$/\2 \1/p' | sort -n
}

# Those that are newer than the floor. glibc 2.34 put into libc what had been in libdl and libpthread, and 64-bit time into 32-bit
# machines; what is built there takes it. Older than its architecture is nothing. usage: above_floor LIBRARY
above_floor() {
	versions "$1" | awk '
		NR == 1 { oldest = $1 }
		{ floor = $2 ~ /^(dlsym|_pthread_cleanup_push|_pthread_cleanup_pop|__clock_gettime64)$/ ? 34 : 17 }
		$1 > floor && $1 > oldest { print $2 "@2." $1 }' | tr '\n' ' '
}

# usage: judge LIBRARY WHAT
judge() {
	strong=$(imports "$1" U) weak=$(imports "$1" w)
	echo "# imports: $(echo "$strong" | tr '\n' ' ')and, weakly, $(echo "$weak" | tr '\n' ' ')"
	tap_is "$(beyond "$strong" "$allowed")" '' "$2 imports nothing beyond the list"
	tap_is "$(beyond "$weak" "$allowed_weak")" '' "$2 imports nothing beyond the list weakly"
	tap_is "$(above_floor "$1")" '' "$2 takes glibc 2.34 where it is built with that or a later one, and else 2.17"
	tap_is "$(echo "$strong" | grep -cx dlsym)" 1 "$2 does import dlsym, so there was something to look at"
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
tap_is "$(imports "$hardened/.libs/libnoselfconn.so" U | grep -cx __stack_chk_fail)" 1 \
	"that one has its stack protected, so the options were used"

tap_done
