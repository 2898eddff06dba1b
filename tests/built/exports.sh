#!/bin/sh
# SPDX-License-Identifier: MIT
# What the library shows of itself to a program that it is loaded into: the doors, and nothing else.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

shim=$srcdir/src/shim
in_map=$(sed -n '/^global:/,/^local:/p' "$shim/noselfconn.map" | grep -o '[a-z_0-9]*;' | tr -d ';' | sort)
defined=$(sed -n 's/^DOOR [a-z_ ]*[ *]\([a-z_0-9]*\)(.*/\1/p' "$shim/interpose.c" | sort)
exported=$(nm -D --defined-only "$library" | awk '{ print $3 }' | sort)

tap_is "$(echo "$in_map" | grep -cx connect)" 1 "connect is on the map"
tap_is "$defined" "$in_map" "interpose.c defines what is on the map"
tap_is "$exported" "$in_map" "the library exports what is on the map, without a version, and nothing else"

headers=$(readelf -lW "$library")
dynamic=$(readelf -dW "$library")

# The flags of a segment are the columns between its sizes and its alignment.
tap_is "$(echo "$headers" | awk '$1 == "GNU_STACK" { print $7 $8 }' | tr -d '0-9x')" RW "the stack is not executable"
tap_is "$(echo "$headers" | grep -c GNU_RELRO)" 1 "the relocations are read-only after loading (RELRO)"
tap_is "$(echo "$dynamic" | grep -cE '\((BIND_NOW|FLAGS)\).*BIND_NOW|\(FLAGS_1\).*NOW' | sed 's/[12]/yes/')" yes \
	"every symbol is bound when it is loaded (BIND_NOW)"
tap_is "$(echo "$dynamic" | grep -c TEXTREL)" 0 "its code is never written to"
tap_is "$(echo "$dynamic" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')" libnoselfconn.so "its name has no version"
tap_is "$(echo "$dynamic" | grep -cE 'RPATH|RUNPATH')" 0 "it leads the search for libraries nowhere"

tap_done
