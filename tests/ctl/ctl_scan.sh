#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl scan: real self-connections, in network namespaces of their own.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/ctl/ctl_lib.sh"

scan=$builddir/noselfconnctl
if [ ! -x "$scan" ]; then
	tap_skip_all "noselfconnctl has not been built: no static libc"
fi
if [ -z "${NSC_OWN_NET-}" ]; then
	tap_needs python3
	tap_needs_netns
	for family in 127.0.0.1 ::1; do
		"$netns" 40000 40001 -- env NSC_OWN_NET=$family sh "$0" >"$tmp/$family" 2>&1 &
	done
	wait
	tap_include "$tmp/127.0.0.1" ''
	tap_include "$tmp/::1" ''
	tap_done
	exit
fi
family=$NSC_OWN_NET
case $family in
*:*) address="\\[$family\\]:40000" other=$family,39000 ;;
*) address=$family:40000 other=127.0.0.2,39001 ;;
esac

# Sets status and says.
run_scan() {
	status=0
	says=$("$scan" scan 2>&1) || status=$?
}

# usage: json EXPRESSION
# Evaluates it on the output of scan --json.
json() {
	"$scan" --json scan | json_of "$1"
}

run_scan
tap_is "$status, $says" "0, No socket of this network namespace is connected to itself." "$family: none"
# With IPv4, also one on the same port of another address.
sockets "listen,$other" "meet,$family,39001"
run_scan
tap_is "$status" 0 "$family: a connection with another socket is not reported"
sockets_end

# A program may have any name: with terminal commands (ESC, U+009B), newlines, or bytes that are not
# text.
buckets=$(cat /proc/sys/net/ipv4/tcp_max_tw_buckets)
echo 0 >/proc/sys/net/ipv4/tcp_max_tw_buckets # nothing is left in TIME_WAIT
name=$(printf '\303\244\033[\302\2331m\233\n_')
sockets "name,$name" "connect,$family,40000"
run_scan
tap_says " ä?\[?1m??_ (pid $pid, " "$family: control characters in the name of a program are replaced"
tap_is "$("$scan" --json scan | LC_ALL=C tr -d '\n -~' | od -An -tx1 | tr -d ' \n')" "c3a4" \
	"$family: and JSON escapes them"
tap_is "$(json 'ascii(j["self_connections"][0]["owners"][0]["program"])')" "'\\xe4\\x1b[\\x9b1m\\ufffd\\n_'" \
	"$family: without changing them"
sockets_end
echo "$buckets" >/proc/sys/net/ipv4/tcp_max_tw_buckets

# A socket shared by two processes, as in servers that fork.
sockets "connect,$family,40000" share
program=$(cat /proc/$pid/comm)
run_scan
tap_is "$status" 1 "$family: one: exit status 1"
# In the order of the pids, and these wrap around.
either="$program (pid [0-9]*, fd [0-9]*)" parent="$program (pid $pid, fd [0-9]*)"
tap_says "^$address is connected to itself: \($parent, $either\|$either, $parent\), " \
	"$family: its address, and both programs and pids"
tap_says 'its server cannot bind port 40000$' "$family: the port that it keeps"
tap_says '[0-9]* to [0-9]* s old' "$family: its age"
tap_says "^  $program (pid [0-9]*) does not have the library: 'noselfconnctl enable' or 'noselfconnctl firewall on' would have prevented it" \
	"$family: which shield would have prevented it"
tap_is "$(json '[(o["kind"], o["prevented_by"]) for o in j["self_connections"][0]["owners"]][0]')" \
	"('dynamic', ['library', 'firewall'])" "$family: the shields in JSON"
tap_is "$(json '[(s["address"], s["port"], s["leftover"], s["seconds_left"], len(s["owners"])) for s in j["self_connections"]]')" \
	"[('$family', 40000, False, None, 2)]" "$family: JSON"
# The age lies between the last data's and the process's.
sleep 2
tap_is "$(json '[2 <= s["age_at_least"] <= s["age_at_most"] for s in j["self_connections"]]')" "[True]" "$family: it grows older"

sockets_end
tries=0
until ss -Htan 'sport = :40000' | grep -q TIME-WAIT || [ $tries -eq 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
run_scan
tap_is "$status" 0 "$family: closed as usual, it leaves something, which is no self-connection: exit status 0"
tap_says '^No socket of this network namespace is connected to itself' "$family: and the answer is no"
tap_says "^$address is a leftover of a self-connection (TIME_WAIT): its server cannot bind port 40000 for another [0-9]* s" \
	"$family: what it leaves"
tap_is "$(json '[(s["leftover"], 0 < s["seconds_left"] <= 60, s["owners"]) for s in j["self_connections"]]')" "[(True, True, [])]" \
	"$family: JSON of what it leaves"

tap_done
