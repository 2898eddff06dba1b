#!/bin/sh
# SPDX-License-Identifier: MIT
# Costs of the shim that can be counted rather than timed: at a process's start, per call, and in
# the file. Each has a ceiling; a commit that raises one must give the reason. syscalls.sh counts
# the system calls of a connect(), and scripts/bench measures times.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/etc.sh"

strip -o "$tmp/libnoselfconn.so" "$library"
stripped=$tmp/libnoselfconn.so
few=100 many=1100

# usage: at_most CEILING HAVE NAME
# HAVE must also be at least 1, because 0 means that nothing was counted.
at_most() {
	status=1
	[ -z "$2" ] || [ "$2" -gt "$1" ] || [ "$2" -lt 1 ] || status=0
	echo "# ${2:-nothing counted}"
	tap_ok $status "$3: at most $1"
}

# Counters.
# usage: COUNTER LIBRARY COMMAND...
# LIBRARY is preloaded unless it is empty.
system_calls() {
	preload=${1:+-E LD_PRELOAD=$1}
	shift
	# shellcheck disable=SC2086 # two words or none
	strace -qq -o "$tmp/trace" $preload "$@" >/dev/null 2>&1 || return 1
	grep -c '' "$tmp/trace"
}

instructions() {
	preload=${1:+LD_PRELOAD=$1}
	shift
	env ${preload:+"$preload"} valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 |
		sed -n 's/.*Collected : *//p'
}

# For a self-connection in a process that has had no children.
stack_bytes() {
	preload=${1:+LD_PRELOAD=$1}
	shift
	# shellcheck disable=SC2016 # the inner shell expands
	"$netns" 40000 40001 -- sh -c '"$@"; exit' sh env ${preload:+"$preload"} "$@" "$builddir/tests/lib/stack" 40000 \
		2>/dev/null
}

# The same with a noselfconn.conf that has sections and a mistake, and names the log.
stack_bytes_with_file() {
	preload=${1:+LD_PRELOAD=$1}
	shift
	with_etc "printf 'bad\nlog = syslog\n[program /bin/true]\nretries = 5\n[program $builddir/tests/lib/stack]\nlog = $tmp/log\n' \
		>noselfconn.conf" env ${preload:+"$preload"} "$@" "$builddir/tests/lib/stack" 40000 2>/dev/null
}

# usage: added COUNTER COMMAND...
# Prints by how much the shim raises the command's count.
added() {
	counter=$1
	shift
	bare=$($counter "" "$@") && with=$($counter "$stripped" "$@") && echo $((with - bare))
}

# usage: added_per_call COUNTER DOOR
# The same per call, from the difference between two lengths of the loop.
added_per_call() {
	short=$(added "$1" "$builddir/tests/lib/loop" "$2" $few) && long=$(added "$1" "$builddir/tests/lib/loop" "$2" $many) &&
		echo $(((long - short + (many - few) / 2) / (many - few)))
}

# While a loop over `outside` runs, the shim may read the range once. It makes no other system
# calls.
if strace -qq -o /dev/null true 2>/dev/null; then
	# openat, read, fstat, an mmap per segment, close, and mprotect for data that is read-only
	# after relocation.
	at_most 7 "$(added system_calls true)" "system calls added to the start of a process"
	for door in sendto sendmsg sendmmsg; do
		tap_is "$(added_per_call system_calls $door)" 0 "$door without MSG_FASTOPEN: no system call added"
	done
else
	tap_skip "the system calls added to the start of a process" "no strace here, or it may not trace"
fi

# usage: costs CEILING DOOR
costs() {
	at_most "$1" "$(added_per_call instructions "$2")" "instructions added to a call, $2"
}

# The counts depend on architecture and optimization. The ceilings are for gcc and clang at -O2.
optimised() {
	[ "$(uname -m)" = x86_64 ] || return 1
	case " ${CFLAGS-} " in
	*' -O2 '* | *' -O3 '*) ;;
	*) return 1 ;;
	esac
}

if ! optimised; then
	tap_skip "the instructions added to a call" "the ceilings are for x86_64 and -O2"
elif ! valgrind --version >/dev/null 2>&1; then
	tap_skip "the instructions added to a call" "no valgrind here"
else
	tap_is "$(added_per_call instructions none)" 0 "a loop without calls: no instruction added"
	costs 8 sendto
	costs 8 sendmsg
	costs 8 sendmmsg
	costs 50 closed
	costs 50 local
	costs 95 outside
	at_most 30000 "$(added instructions true)" "instructions added to the start of a process"
fi

if ! optimised; then
	tap_skip "the stack of a repair" "the ceiling is for x86_64 and -O2"
else
	for method in auto replace rewind; do
		for log in '' stderr syslog "$tmp/log"; do
			at_most 1024 "$(added stack_bytes "NOSELFCONN_METHOD=$method" "NOSELFCONN_LOG=$log")" \
				"bytes of stack added to a connect() that is repaired, $method, log ${log:-off}"
		done
	done
	tap_is "$(sed -n 's/.* action=\([a-z]*\) .*outcome=refused$/\1/p' "$tmp/log" | xargs)" "replace replace rewind" \
		"each of these was repaired by its method"
	rm -f "$tmp/log"
	for method in auto rewind; do
		at_most 1024 "$(added stack_bytes_with_file "NOSELFCONN_METHOD=$method")" \
			"bytes of stack added to a connect() that is repaired, $method, with a noselfconn.conf"
	done
	tap_is "$(grep -c 'mistakes=1 error=' "$tmp/log")" 2 "that file was read"
fi

at_most 18 "$(readelf -rW "$stripped" | grep -cE '^[0-9a-f]{12,}  ')" "relocations"
at_most 2 "$(readelf -lW "$stripped" | grep -c '^ *LOAD')" "segments to be loaded"
at_most 48000 "$(wc -c <"$stripped")" "bytes of the file, stripped"
tap_is "$(readelf -lW "$stripped" | grep -cE 'GNU_RELRO|GNU_EH_FRAME')" 2 "read-only after relocation; can be unwound"
tap_is "$(readelf -dW "$stripped" | grep -cE 'BIND_NOW')" 1 "bound when it is loaded, not in a signal handler later"

tap_done
