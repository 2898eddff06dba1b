#!/bin/sh
# SPDX-License-Identifier: MIT
# What a connect costs, in system calls: one getsockname where the port is one of the kernel's, otherwise nothing.
# The look at the range, which is taken once a second, is counted apart.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
tap_needs_netns
tap_needs_strace

inside=40000 outside=30000 count=100
range=/proc/sys/net/ipv4/ip_local_port_range

# usage: trace KIND PORT [LIBRARY]; leaves in $tmp/calls the system calls of the connects, one a line, and in $looks
# how many looks at the range there were among them
trace() {
	status=0
	# The range has room for every connect, beside the port that is connected to.
	"$netns" $inside 49999 -- strace -qq -ttt -o "$tmp/trace" ${3:+-E "LD_PRELOAD=$3"} \
		"$builddir/tests/lib/connects" "$1" "$2" $count 2>"$tmp/errors" || status=$?
	[ $status -eq 0 ] || sed 's/^/# /' "$tmp/errors"
	sed -n '/ getppid(/,/ getppid(/p' "$tmp/trace" >"$tmp/between"
	awk '{ sub(/\(.*/, "", $2) } $2 != "getppid" { print $2 }' "$tmp/between" >"$tmp/calls"
	looks=$(grep -c " openat(.*${range#/proc/}" "$tmp/between") || :
}

# The calls by name, "connect=100 getsockname=100"; without those of the looks at the range.
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
	# The second may change in the middle, and does so once a second.
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
