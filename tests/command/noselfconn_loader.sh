#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconn installed as by a package, on a small machine of the test's own. glibc's ld.so finds
# the library by its bare name. Programs with another ld.so, such as musl's, get the path instead.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"
tap_needs_netns

# The command looks in .libs beside it for its library. Here that is also ld.so's directory.
mkdir "$machine/opt"
cp "$builddir/noselfconn" "$machine/opt"
ln -s "$lib" "$machine/opt/.libs"
machine_copy /usr/bin/printenv "$builddir/noselfconn"
path=/opt/.libs/libnoselfconn.so

# usage: ends COMMAND [ARG...]
# Runs the command in the machine; ARG... becomes a client. Prints whether the client is kept from
# connecting to itself.
ends() {
	result=0
	"$netns" 40000 40001 -- chroot "$machine" "$@" 40000 10 >"$tmp/out" 2>&1 </dev/null || result=$?
	case $result in
	0) echo protected ;;
	1) echo itself ;;
	*) echo "$result, $(cat "$tmp/out")" ;;
	esac
}
strict_ends() {
	ends /opt/noselfconn --strict "$@"
}
client=$srcdir/tests/lib/retry_loop.c
# usage: word [ARG...]
# Prints the LD_PRELOAD of a command that noselfconn runs.
word() {
	in_machine /opt/noselfconn "$@" 2>&1 </dev/null
}

tap_is "$(ends /bin/retry_loop), $(strict_ends /bin/retry_loop)" "itself, protected" "a program of glibc is protected"
tap_is "$(word /usr/bin/printenv LD_PRELOAD)" libnoselfconn.so "by the bare name, which serves every ABI"

# A copy of ld.so elsewhere might search other directories.
loader=$(ldd /bin/true | sed -n 's|^[^/]*\(/[^ ]*/ld[^ ]*\) (.*|\1|p')
cp "$machine$loader" "$machine/opt/ld-other.so.2"
${CC:-cc} -Wl,--dynamic-linker=/opt/ld-other.so.2 -o "$machine/bin/other" "$client"
tap_is "$(strict_ends /bin/other)" protected "a program with another ld.so is protected"
tap_is "$(word /opt/ld-other.so.2 /usr/bin/printenv LD_PRELOAD)" $path "by the path"
tap_is "$(word /opt/noselfconn /opt/ld-other.so.2 /usr/bin/printenv LD_PRELOAD)" "$path:libnoselfconn.so" \
	"also where LD_PRELOAD has the bare name already"

if ! musl-gcc -o "$machine/bin/musl" "$client" 2>"$tmp/errors"; then
	tap_skip "a program of musl" "there is no musl-gcc"
else
	loader=$(readelf -l "$machine/bin/musl" | sed -n 's/.*interpreter: \(.*\)]/\1/p')
	mkdir -p "$machine$(dirname "$loader")"
	cp -L "$loader" "$machine$loader"
	tap_is "$(ends /bin/musl)" itself "a program of musl connects to itself"
	tap_is "$(strict_ends /bin/musl)" protected "with --strict it is protected"
	tap_is "$(strict_ends "$loader" /bin/musl)" protected "so is one that musl's ld.so runs"
	tap_is "$(strict_ends /opt/noselfconn --strict /bin/musl)" protected "and one below a second noselfconn"
fi
tap_done
