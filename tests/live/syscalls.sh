#!/bin/sh
# SPDX-License-Identifier: MIT
# How many system calls a connect costs: one getsockname if the kernel may have chosen the port,
# else none. Reading the range, once a second, is counted separately.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
tap_needs_netns
tap_needs_strace

inside=40000 outside=30000 count=1000
# A server that accepts none has room for so many, listen(2).
[ "$(cat /proc/sys/net/core/somaxconn)" -gt $count ] || count=100
range=/proc/sys/net/ipv4/ip_local_port_range

# usage: trace KIND PORT [LIBRARY]
# Leaves the system calls of the connects in $tmp/calls, one per line. Sets $looks to the number of
# times that the range was read.
trace() {
	status=0
	# The range has a port for every connect besides the destination's.
	"$netns" $inside 49999 -- strace -qq -ttt -o "$tmp/trace" ${3:+-E "LD_PRELOAD=$3"} \
		"$builddir/tests/lib/connects" "$1" "$2" $count 2>"$tmp/errors" || status=$?
	[ $status -eq 0 ] || sed 's/^/# /' "$tmp/errors"
	sed -n '/ getppid(/,/ getppid(/p' "$tmp/trace" >"$tmp/between"
	awk '{ sub(/\(.*/, "", $2) } $2 != "getppid" { print $2 }' "$tmp/between" >"$tmp/calls"
	looks=$(grep -c " openat(.*${range#/proc/}" "$tmp/between") || :
}

# Prints the calls by name, without those that read the range: "connect=100 getsockname=100".
summary() {
	awk -v looks="$looks" '
		BEGIN {
			n["rt_sigprocmask"] = -2 * looks
			n["openat"] = n["statfs"] = n["close"] = -2 * looks
			n["read"] = -looks
		}
		{ n[$1]++ }
		END { for (name in n) if (n[name]) print name "=" n[name] }' "$tmp/calls" | sort | tr '\n' ' '
}

# usage: costs KIND PORT CALLS MAY-LOOK NAME
costs() {
	trace "$1" "$2"
	tap_is "$status, $(summary)" "0, connect=$count " "$5: nothing but connect without the shim"
	trace "$1" "$2" "$library"
	tap_is "$status, $(summary)" "0, $3 " "$5: with it $3"
	# The range is read once more for each second that begins during the run.
	most=$(awk -v may="$4" 'NR == 1 { first = $1 } END { print may ? int($1 - first) + 2 : 0 }' "$tmp/between")
	least=$4
	echo "# $looks looks at the range, of at most $most"
	[ "$looks" -le "$most" ] && [ "$looks" -ge "$least" ] && status=0 || status=1
	tap_ok $status "$5: at most one look at the range a second"
}

free="connect=$count" judged="connect=$count getsockname=$count"
costs accepted $outside "$free" 1 "a port outside the range"
costs progressing $outside "$free" 1 "a port outside the range, non-blocking"
costs accepted $inside "$judged" 1 "a port inside the range"
costs progressing $inside "$judged" 1 "a port inside the range, non-blocking"
costs refused $inside "$free" 0 "a refused connect"
costs local 0 "$free" 0 "a local socket"
costs closed $inside "$free" 0 "a closed descriptor"

tap_done
