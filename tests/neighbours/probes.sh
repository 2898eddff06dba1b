#!/bin/sh
# SPDX-License-Identifier: MIT
# The static probe: debuggers and tracers find it and read its values, and it does not slow the
# start of a program.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/tree.sh"

# usage: fields NAME LIBRARY
# Prints the values of NAME in the library's probe notes, one per line.
fields() {
	readelf -nW "$2" | sed -n "s/.* $1: *\([^,]*\).*/\1/p"
}

# The work of ld.so at each start: the segments to map and the relocations.
cost() {
	echo "$(readelf -lW "$1" | grep -c '^ *LOAD ') segments, $(readelf -rW "$1" | grep -c ' R_') relocations"
}

tree_configure "$tmp/without" --disable-probes
make -C "$tmp/without" libnoselfconn.la >"$tmp/make.log" 2>&1
without=$tmp/without/.libs/libnoselfconn.so
tap_is "$(fields Provider "$without"), $(readelf -SW "$without" | grep -c stapsdt), $(nm -D "$without" | grep -cw T)" \
	", 0, $(nm -D "$library" | grep -cw T)" "--disable-probes leaves nothing of them"

if ! grep -q '^DEFS = .*-DHAVE_SYS_SDT_H=1' "$builddir/Makefile"; then
	tap_skip "the probes" "built without: no sys/sdt.h, or --disable-probes"
	tap_done
	exit
fi
tap_is "$(fields Provider "$library"):$(fields Name "$library")" noselfconn:repair "there is one probe, noselfconn:repair"
# SIZE@PLACE each, a minus sign where it is signed: fd, port, action, retry, result, destination.
tap_is "$(fields Arguments "$library" | grep -oE -- '-?[0-9]@' | tr '\n' ' ')" \
	"$(readelf -h "$library" | grep -q ELF64 && echo '-4@ 4@ 8@ 4@ -8@ 8@ ' || echo '-4@ 4@ 4@ 4@ -4@ 4@ ')" \
	"it has six arguments of the right sizes"
tap_is "$(fields Semaphore "$library" | tr -d 0)" x "it has no semaphore"
tap_is "$(cost "$library")" "$(cost "$without")" "a program's start costs the same with it as without"

# As after sys/sdt.h was installed.
tree_configure "$tmp/without"
make -C "$tmp/without" libnoselfconn.la >"$tmp/make.log" 2>&1
tap_is "$(fields Name "$without")" repair "a build without it has it after configure was run again"

# -nx skips the user's settings. Only the program, not gdb, gets the library.
if ! command -v gdb >/dev/null || ! "$netns" -- true 2>/dev/null; then
	tap_skip "gdb shows repairs" "no gdb here, or no permission to make a network namespace"
else
	# usage: shows PROGRAM [ARG...]: what gdb shows of its repairs, without the descriptors
	shows() {
		"$netns" 40000 40001 -- gdb -nx -batch -ex "set exec-wrapper env LD_PRELOAD=$library" \
			-x "$srcdir/doc/examples/repairs.gdb" -ex 'break _exit' -ex run -ex 'info probes stap noselfconn' -ex kill \
			--args "$@" >"$tmp/gdb" 2>&1 </dev/null || :
		sed -n 's/^fd=[0-9]* //p' "$tmp/gdb"
	}
	${CC:-cc} -o "$tmp/dial" "$srcdir/tests/reach/dial.c"
	tap_is "$(shows "$tmp/dial" libc ::1 40000 1)" \
		"address=[0000:0000:0000:0000:0000:0000:0000:0001]:40000 action=replace retry=1 result=-111" "gdb shows an IPv6 address"
	repair='address=127.0.0.1:40000 action=replace retry=1 result=-111'
	tap_is "$(shows "$builddir/tests/lib/retry_loop" 40000 2)" "$repair
$repair" "gdb shows each repair, and the program runs on"
	tap_is "$(grep -c '^stap *noselfconn *repair' "$tmp/gdb")" 1 "gdb lists it: info probes"
fi

tap_done
