#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl ports: real servers, in network namespaces of their own.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"

tap_needs python3
if [ -z "${NSC_OWN_NET-}" ]; then
	tap_needs_netns
	"$netns" 40000 40009 -- env NSC_OWN_NET=1 sh "$0"
	exit
fi
sysctl=/proc/sys/net/ipv4 conf=$machine/etc/sysctl.d/60-noselfconn.conf

# usage: json EXPRESSION [ARG...]
# Evaluates it on the output of ports --json.
json() {
	expression=$1
	shift
	in_machine "$ctl" --json ports "$@" </dev/null | json_of "$expression"
}

run_ctl ports
tap_is "$status, $says" "0, No server listens on an unreserved port of 40000-40009." "no server: nothing to say"

sockets listen,127.0.0.1,40002 listen,::1,40003 listen,::,40004 listen,0.0.0.0,39999 \
	listen,::1,40010 listen,127.0.0.1,40006
echo 40006,40020 >$sysctl/ip_local_reserved_ports
run_ctl ports
tap_is "$status" 1 "servers in the range: exit status 1"
program=$(cat /proc/$pid/comm)
tap_is "$(printf '%s\n' "$says" | sed -n 's/ *(pid.*//; s/  */ /; /^[^ ]*:4/p; /:39999/p')" \
	"127.0.0.1:40002 $program
[::1]:40003 $program
[::]:40004 $program" "those in the range that are not reserved, IPv4 and IPv6, with their program"
tap_says "(pid $pid, fd [0-9]*)" "and its pid"
tap_says 'sysctl -w net.ipv4.ip_local_reserved_ports=40002-40004,40006,40020' \
	"the line that reserves them, with those that are"
tap_is "$(json '[(p["port"], p["address"], p["first_half"], p["owners"][0]["pid"]) for p in j["ports"]]')" \
	"[(40002, '127.0.0.1', True, $pid), (40003, '::1', False, $pid), (40004, '::', True, $pid)]" "JSON: the ports"
tap_is "$(json '[j["low"], j["high"], j["reserved"], j["sysctl"]]')" \
	"[40000, 40009, '40006,40020', 'net.ipv4.ip_local_reserved_ports=40002-40004,40006,40020']" \
	"JSON: the range, and the cure"
[ ! -e "$machine/etc/sysctl.d" ] && status=0 || status=1
tap_is "$status, $(cat $sysctl/ip_local_reserved_ports)" "0, 40006,40020" "without --reserve nothing is changed"

run_ctl ports 40000 40001 40006 39999 40010
tap_is "$status" 1 "ports PORT: one of them is at risk"
tap_says '^40000: at risk: .* prefers .* after about 5 attempts$' "ports PORT: in the first half"
tap_says '^40001: at low risk: .* only while the 5 ports of 40000-40009 that it prefers are all in use$' \
	"ports PORT: in the other half"
tap_says '^40006: safe: .*reserved' "ports PORT: reserved"
tap_says '^39999: safe: ' "ports PORT: below the range"
tap_says '^40010: safe: ' "ports PORT: above the range"
run_ctl ports 40003-40005 40006
tap_is "$status, $(printf '%s\n' "$says" | sed -n 's/^\([0-9]*: [a-z]*\).*/\1/p' | tr '\n' ' ')" \
	"1, 40003: at 40004: at 40005: at 40006: safe " "ports FIRST-LAST: each of them"
for word in 40005-40003 40000- -5 0-1 1,2 65536 ''; do
	run_ctl ports -- "$word"
	tap_is "$status" 2 "'$word' is not a port or a range"
done
echo 40000 40001 >$sysctl/ip_local_port_range
run_ctl ports 40000 40001
tap_says '^40000: .* after about 1 attempt$' "1 attempt, not 1 attempts"
tap_says '^40001: .* only while port 40000 is in use$' "one port, not all 1 ports"
echo 40000 40009 >$sysctl/ip_local_port_range
run_ctl ports 39999 40006
tap_is "$status" 0 "ports PORT: none of them is at risk"
tap_is "$(json '" ".join(str(v) for p in j["ports"] for v in p.values())' 40000 40001 40006 80)" \
	"40000 True False True True 5 40001 True False False True None \
40006 True True True False None 80 False False False False None" \
	"ports PORT: JSON"

# Checks the claim: where connect() goes, and how often.
"$netns" 40000 40009 -- "$builddir/tests/lib/retry_loop" 40001 500 >/dev/null 2>&1 && status=0 || status=$?
tap_is "$status" 0 "500 connects do not hit a port of the other half"
"$netns" 40000 40009 -- "$builddir/tests/lib/retry_loop" 40008 500 >/dev/null 2>&1 && status=0 || status=$?
tap_is "$status" 1 "500 connects hit one of the first half"

# With --root, ports reads the image's files and nothing of the running kernel.
mkdir -p "$tmp/image/etc/sysctl.d" "$tmp/image/usr/lib/sysctl.d"
echo 'net.ipv4.ip_local_reserved_ports = 1234' >"$tmp/image/usr/lib/sysctl.d/50-other.conf"
echo 'net/ipv4/ip_local_reserved_ports=99' >"$tmp/image/usr/lib/sysctl.d/51-masked.conf"
: >"$tmp/image/etc/sysctl.d/51-masked.conf"
echo '-net/ipv4/ip_local_reserved_ports=8000-8002' >"$tmp/image/etc/sysctl.d/90-later.conf"
status=0
says=$("$builddir/noselfconnctl" --root "$tmp/image" --reserve ports 40008 8003 2>&1) || status=$?
tap_is "$status, $(grep -v '^#' "$tmp/image/etc/sysctl.d/60-noselfconn.conf"), $(cat $sysctl/ip_local_reserved_ports)" \
	"0, net.ipv4.ip_local_reserved_ports = 1234,8000-8002,40008, 40006,40020" \
	"--root --reserve: the image's file, with what its other files reserve; the kernel is left alone"
tap_says "90-later.conf sets net.ipv4.ip_local_reserved_ports too, and replaces" "a file that comes later is named"

run_ctl --reserve ports
tap_is "$status, $(cat $sysctl/ip_local_reserved_ports)" "0, 40002-40004,40006,40020" \
	"--reserve: the kernel, from now on"
tap_is "$(grep -v '^#' "$conf"), $(stat -c %a "$conf"), $(ls "$machine/etc/sysctl.d")" \
	"net.ipv4.ip_local_reserved_ports = 40002-40004,40006,40020, 644, 60-noselfconn.conf" \
	"--reserve: the file, for the next boot"
run_ctl ports
tap_is "$status" 0 "after --reserve no port is at risk"
sockets_end
# shellcheck disable=SC2016 # the inner shell's
"$netns" 40000 40009 -- sh -c 'echo "$2" >/proc/sys/net/ipv4/ip_local_reserved_ports && "$1" 40002 500' sh \
	"$builddir/tests/lib/retry_loop" "$(cat $sysctl/ip_local_reserved_ports)" >/dev/null 2>&1 && status=0 || status=$?
tap_is "$status" 0 "clients do not hit a reserved port any more"
run_ctl --reserve ports 40008
tap_is "$(grep -v '^#' "$conf"), $(cat $sysctl/ip_local_reserved_ports)" \
	"net.ipv4.ip_local_reserved_ports = 40002-40004,40006,40008,40020, 40002-40004,40006,40008,40020" \
	"--reserve PORT: is added"
mount -t tmpfs -o ro etc "$machine/etc"
run_ctl --reserve ports 40000
tap_is "$status, $(cat $sysctl/ip_local_reserved_ports)" "3, 40002-40004,40006,40008,40020" \
	"--reserve with a read-only /etc: fails, and changes nothing"

tap_done
