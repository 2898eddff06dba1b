#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl on a machine that runs programs of two ABIs: x86-64 and 32-bit x86.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"
tap_needs_netns

name="programs of two ABIs"
loader=/lib/ld-linux.so.2
lib32=$(dirname "$(realpath -q $loader || echo /none)")
cat >"$tmp/exit.s" <<'END'
.globl _start
_start:
	movl $1, %eax
	xorl %ebx, %ebx
	int $0x80
.section .note.GNU-stack,"",@progbits
END
if [ "$(uname -m)" != x86_64 ] || [ ! -e $loader ] || [ ! -e "$lib32/libm.so.6" ]; then
	tap_skip "$name" "there is no 32-bit libc here"
elif ! ${CC:-cc} -m32 -nostdlib -no-pie -Wl,-dynamic-linker,$loader -Wl,--no-as-needed -o "$tmp/exit32" "$tmp/exit.s" \
	"$lib32/libc.so.6" 2>"$tmp/errors" || ! "$tmp/exit32"; then
	tap_skip "$name" "32-bit programs cannot be built or run here: $(tail -n 1 "$tmp/errors")"
else
	machine_copy $loader "$lib32/libc.so.6" "$lib32/libm.so.6"
	cp "$tmp/exit32" "$machine/bin"
	starts32() {
		as_nobody /bin/exit32 2>&1 && echo yes
	}
	tap_is "$(starts), $(starts32)" "yes, yes" "programs of both start"

	run_ctl enable
	tap_is "$status, $(ls "$machine/etc")" "3, " "enable: a library for one of two ABIs is refused"
	tap_is "$says" "noselfconnctl: libnoselfconn.so is not installed for 32-bit x86, so such programs would start with an error
noselfconnctl:   remedy: install libnoselfconn.so for 32-bit x86, or accept that they run without it: noselfconnctl enable --partial
noselfconnctl: not enabled: /etc/ld.so.preload is unchanged" "enable: one cause, one remedy, and nothing else"

	# The choice of --partial is remembered.
	run_ctl enable --partial
	tap_is "$status, $(cat "$preload"), $(starts), $(protects)" "0, $lib/libnoselfconn.so, yes, yes" \
		"enable --partial: that is accepted"
	tap_is "$(printf '%s\n' "$says" | grep -c '32-bit x86')" 1 "enable --partial: it says once for which ABI"
	run_ctl status
	tap_is "$status" 0 "status: what --partial accepted is no alarm"
	tap_says '^partial: *programs for 32-bit x86 run without it' "status: it shows the choice"
	tap_is "$(in_machine "$ctl" status --json </dev/null | grep -oE '"(healthy|without_library)":(true|\[[^]]*\])' | xargs -d '\n')" \
		'"healthy":true "without_library":["32-bit x86"]' "status --json: it shows the choice"
	run_ctl enable
	tap_is "$status" 0 "enable again, as a configuration management does: the choice holds"
	tap_says '^already enabled' "enable again: nothing to do"
	rm "$machine/etc/ld.so.preload.noselfconn-partial"
	run_ctl status
	tap_is "$status" 3 "status: without that choice it is broken for the other"
	run_ctl enable
	tap_is "$status" 3 "enable: and it says so too"
	run_ctl enable --partial
	run_ctl disable
	tap_is "$status, $(ls "$machine/etc")" "0, " "disable: nothing of the choice is left"

	${CC:-cc} -m32 -shared -nostdlib -o "$machine$lib32/libnoselfconn.so" -x c /dev/null
	run_ctl enable
	# shellcheck disable=SC2016 # $LIB is for ld.so
	tap_is "$status, $(sed 's|.*\(/$LIB\)|\1|' "$preload"), $(starts), $(starts32), $(protects)" \
		'0, /$LIB/libnoselfconn.so, yes, yes, yes' "enable: with a library for both, \$LIB serves both, setuid programs too"
	run_ctl enable
	tap_says '^already enabled' "enable again: nothing to do"
	run_ctl status
	tap_is "$status" 0 "status: sound for both"

	# As after apt remove libnoselfconn:i386.
	rm "$machine$lib32/libnoselfconn.so"
	run_ctl status
	judged=$status
	run_ctl enable
	tap_is "$judged, $status" "3, 3" "the library of one ABI is removed: status and enable agree"
	run_ctl enable --partial
	enabled=$status
	run_ctl status
	tap_is "$enabled, $status" "0, 0" "so do they once --partial accepts that"
	${CC:-cc} -m32 -shared -nostdlib -o "$machine$lib32/libnoselfconn.so" -x c /dev/null
	run_ctl enable
	# shellcheck disable=SC2016 # $LIB is for ld.so
	tap_is "$status, $(sed 's|.*\(/$LIB\)|\1|' "$preload"), $(starts32), $(ls "$machine/etc")" \
		'0, /$LIB/libnoselfconn.so, yes, ld.so.preload' "enable: once it is there again, no ABI is left out"
	run_ctl disable

	chmod u+s "$machine$lib/libnoselfconn.so" "$machine$lib32/libnoselfconn.so"
	run_ctl enable
	tap_is "$status, $(cat "$preload"), $(starts), $(starts32), $(protects)" '0, libnoselfconn.so, yes, yes, yes' \
		"enable: with setuid bits on both, the bare name serves both"
	echo garbage >"$machine$lib32/libnoselfconn.so"
	run_ctl status
	tap_is "$status" 3 "status: a library that has been broken for one of them"
	tap_says '32-bit x86' "status: it says for which"
fi
tap_done
