#!/bin/sh
# SPDX-License-Identifier: MIT
# What the linker made of the library and the tools: nothing in them is written to and executed, and what is read-only once they are
# loaded becomes so. exports.sh has the rest of it for the library. SECURITY.md says what is left to whoever builds.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# usage: headers FILE TYPE   the flags of its program headers of that type: "R E", "RW", one a line
headers() {
	readelf -lW "$1" | awk -v type="$2" '$1 == type { sub(/^ *[A-Z_]+( +0x[0-9a-f]+)+ /, ""); print substr($0, 1, 3) }'
}

# usage: judge FILE NAME
judge() {
	status=0
	headers "$1" LOAD | grep -q 'R E' || status=1
	tap_ok $status "$2 has a segment that is executed, so there was something to look at"
	tap_is "$(headers "$1" LOAD | grep -c 'WE')" 0 "$2 has none that is written to as well"
	tap_is "$(headers "$1" GNU_STACK)" "RW " "$2: the stack is not executable"
	tap_is "$(headers "$1" GNU_RELRO)" "R  " "$2: what the linker has filled in is read-only afterwards (RELRO)"
	tap_is "$(readelf -hW "$1" | awk '$1 == "Type:" { print $2 }')" DYN "$2 can be loaded at any address"
	dynamic=$(readelf -dW "$1")
	tap_is "$(echo "$dynamic" | grep -cE '\((TEXTREL|RPATH|RUNPATH)\)|FLAGS.*TEXTREL')" 0 \
		"$2: its code is never written to, and it leads the search for libraries nowhere"
	status=0
	echo "$dynamic" | grep -qE 'BIND_NOW|FLAGS_1.*NOW' || status=1
	tap_ok $status "$2: every symbol is bound at the start (BIND_NOW)"
}

judge "$library" "the library"

# A process with indirect branch tracking or a shadow stack (x86), or with branch targets and signed return addresses
# (AArch64), loses them if a library does not say that it supports them.
CC=${CC:-cc}
case $($CC -dumpmachine) in
x86_64-* | i686-*) features="IBT, SHSTK" flag=-fcf-protection ;;
aarch64-*) features="BTI, PAC" flag=-mbranch-protection=standard ;;
*) features='' flag='' ;;
esac
if [ -z "$features" ]; then
	tap_skip "notes for control-flow protection" "this machine has none"
elif ! echo 'int main;' | $CC -Werror $flag -x c -c -o "$tmp/flag.o" - 2>/dev/null; then
	tap_skip "notes for control-flow protection" "the compiler does not know $flag"
else
	have=$(readelf -nW "$library" | sed -n 's/.*feature: //p' | head -n 1)
	case "$have" in
	"$features"*) status=0 ;;
	*) status=1 ;;
	esac
	echo "# have: ${have:-nothing}"
	tap_ok $status "the library supports $features"
fi

# The program itself, not the script that libtool may put in its place.
program=$builddir/noselfconn
[ ! -e "$builddir/.libs/noselfconn" ] || program=$builddir/.libs/noselfconn
judge "$program" noselfconn
tap_is "$(readelf --dyn-syms -W "$program" | grep -c '__stack_chk_fail@')" 1 "noselfconn: its stack is protected"

if [ ! -e "$builddir/noselfconnctl" ]; then
	tap_skip noselfconnctl "it was not built: no static libc"
elif ! grep -q "^NSC_STATIC = -static-pie" "$builddir/Makefile"; then
	tap_skip noselfconnctl "there are no parts for static programs that can be loaded at any address"
else
	judge "$builddir/noselfconnctl" noselfconnctl
	tap_is "$(headers "$builddir/noselfconnctl" INTERP)" "" "noselfconnctl is static all the same"
	# Not in libc's part of it alone: what calls it are functions of ours.
	status=0
	objdump -d --no-show-raw-insn "$builddir/noselfconnctl" | awk '
		/^[0-9a-f]+ <.*>:$/ { ours = $2 ~ /^<(main|ctl_[a-z]*)>:$/ }
		ours && /__stack_chk_fail/ { found = 1 }
		END { exit !found }' || status=1
	tap_ok $status "noselfconnctl: its stack is protected"
fi

tap_done
