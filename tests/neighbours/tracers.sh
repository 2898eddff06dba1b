#!/bin/sh
# SPDX-License-Identifier: MIT
# Under debuggers, tracers and checkers, the program runs and its connection is refused, both by
# replacing and by rewinding.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

${CC:-cc} -g -o "$tmp/ask" "$srcdir/tests/lib/ask_plugin.c" -ldl

# usage: under COMMAND...
# Prints only the program's own output; the rest goes to $tmp/out.
under() {
	"$netns" 40000 40001 -- timeout -s KILL 120 "$@" >"$tmp/out" 2>&1 </dev/null || :
	grep -oxE 'itself|Connection refused' "$tmp/out" || sed 's/^/# /' "$tmp/out" >&2
}
has() {
	command -v "$1" >/dev/null || { tap_skip "$1" "there is no $1"; return 1; }
}

for method in auto replace rewind; do
	with="env LD_PRELOAD=$library NOSELFCONN_METHOD=$method"
	if has strace; then
		# shellcheck disable=SC2086 # several words
		tap_is "$(under strace -f -o "$tmp/trace" $with "$tmp/ask")" "Connection refused" "strace -f, $method"
		tap_is "$(grep -c 'AF_UNSPEC}*, 16\|sa_family=AF_UNSPEC' "$tmp/trace" | sed 's/^[1-9].*/some/')" some \
			"strace -f, $method: there was something to tear down"
		# A seccomp filter lets all calls pass except those that strace is asked to show.
		# shellcheck disable=SC2086
		tap_is "$(under strace -f --seccomp-bpf -e trace=connect -o "$tmp/trace" $with "$tmp/ask")" "Connection refused" \
			"strace --seccomp-bpf, $method"
		tap_is "$(grep -c 'connect(' "$tmp/trace")" 3 "strace --seccomp-bpf, $method: connect, tear down, connect again"
	fi
	if has gdb; then
		tap_is "$(under gdb -q -batch -ex 'set breakpoint pending on' -ex 'break connect' -ex 'set startup-with-shell off' \
			-ex "set environment LD_PRELOAD $library" -ex "set environment NOSELFCONN_METHOD $method" \
			-ex 'set debuginfod enabled off' -ex run -ex 'bt 1' -ex delete -ex continue "$tmp/ask")" "Connection refused" \
			"gdb, broken into in connect(), $method"
		tap_is "$(grep -c '^Breakpoint 1[.,]' "$tmp/out" | sed 's/^[1-9].*/some/')" some "gdb, $method: it did stop there"
	fi
	if has valgrind; then
		# shellcheck disable=SC2086
		tap_is "$(under $with valgrind -q --trace-children=no --error-exitcode=9 --track-fds=no "$tmp/ask")" \
			"Connection refused" "valgrind, $method"
		tap_is "$(grep -c '^==' "$tmp/out" || :)" 0 "valgrind, $method: it has nothing to say"
	fi
done
tap_done
