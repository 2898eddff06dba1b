#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl firewall: on, off, status and print; beside rules that are there already; in another network namespace. It runs
# itself again for each scene, in network and mount namespaces of its own.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

[ "$(id -u)" -eq 0 ] || tap_skip_all "netfilter rules need root"
unshare --mount "$netns" -- true 2>/dev/null || tap_skip_all "no permission to make namespaces"
for command in iptables ip6tables python3; do
	command -v $command >/dev/null || tap_skip_all "no $command here"
done

here=$srcdir/tests/reach
${CC:-cc} -o "$tmp/dial" "$here/dial.c"
cat >"$tmp/scenes" <<'SCENES'
tmp=$NSC_TMP dial=$NSC_TMP/dial
firewall() { "$NSC_CTL" firewall "$@"; }
rules() { for tool in iptables ip6tables; do $tool -S; $tool -t nat -S; done; }
# A server on port $1; sets nothing, ends with the scene.
serve() {
	mkfifo "$tmp/ready-$1"
	python3 -c '
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4096)
open(sys.argv[2], "w").close()
while True: server.accept()[0].close()' "$1" "$tmp/ready-$1" &
	read -r _ <"$tmp/ready-$1" || :
	rm "$tmp/ready-$1"
}

states() {
	firewall status; echo "status $?"
	firewall on; echo "on $?"
	rules >"$tmp/once"
	firewall on; echo "on $?"
	rules | diff "$tmp/once" - && echo "nothing changed"
	"$dial" libc 127.0.0.1 40000 3
	"$dial" libc ::1 40000 2
	firewall status; echo "status $?"
	firewall status --json
	firewall off; echo "off $?"
	firewall off; echo "off $?"
	rules | grep -c noselfconn
	"$dial" libc 127.0.0.1 40000 3
}

server() {
	firewall on
	"$dial" libc 127.0.0.1 40000 1
	serve 40000
	"$dial" libc 127.0.0.1 40000 1
}

traffic() {
	firewall on
	serve 40000
	"$dial" libc 127.0.0.1 40000 10000
}

beside() {
	serve 40000
	iptables -P OUTPUT DROP
	iptables -A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
	iptables -A OUTPUT -o lo -j ACCEPT
	iptables -t nat -A OUTPUT -p tcp -d 127.0.0.9 --dport 80 -j DNAT --to-destination 127.0.0.1:40000
	rules >"$tmp/before"
	firewall on
	"$dial" libc 127.0.0.1 40001 2
	"$dial" libc 127.0.0.9 80 1
	firewall off
	rules | diff "$tmp/before" - && echo "as before"
}

shield() {
	shield_is() { "$NSC_CTL" status | sed -n 's/^ *firewall rule: //p'; }
	shield_is
	firewall on >/dev/null
	"$dial" libc ::1 40000 2
	shield_is
	"$NSC_CTL" status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["shields"]["firewall"])'
	"$NSC_CTL" stats --prometheus | grep '^noselfconn_firewall'
	"$NSC_CTL" stats | grep '^firewall'
	ip6tables -F OUTPUT
	shield_is
}

moved() {
	firewall on
	iptables -I OUTPUT 1 -o lo -j ACCEPT
	firewall status; echo "status $?"
	"$dial" libc 127.0.0.1 40000 2
	firewall on
	"$dial" libc 127.0.0.1 40000 2
	iptables -S OUTPUT | grep -c noselfconn
}

half() {
	mkdir "$tmp/sbin"
	for tool in iptables iptables-restore ip6tables; do
		cp -L "/usr/sbin/$tool" "$tmp/sbin/$tool"
	done
	printf '#!/bin/sh\necho "no such match: bpf" >&2\nexit 1\n' >"$tmp/sbin/ip6tables-restore"
	chmod 755 "$tmp/sbin/ip6tables-restore"
	mount --bind "$tmp/sbin" /usr/sbin
	firewall on 2>&1; echo "on $?"
	iptables -S OUTPUT | grep -c noselfconn
	rm "$tmp/sbin/iptables"
	firewall status 2>&1; echo "status $?"
}

elsewhere() {
	unshare --net sleep 60 &
	sleep=$!
	while [ "$(readlink /proc/$sleep/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
	firewall on --netns $sleep
	firewall status --netns $sleep
	firewall status | head -n 1
	kill $sleep
	firewall on --netns ../x 2>&1; echo "on $?"
	firewall on --netns no-such-name 2>&1; echo "on $?"
}

misuse() {
	firewall 2>&1; echo $?
	firewall onn 2>&1; echo $?
	firewall on off 2>&1; echo $?
}
SCENES

# usage: scene NAME LOW HIGH: what the scene prints; it has a minute
scene() {
	# shellcheck disable=SC2016 # the inner shell expands
	NSC_CTL=$builddir/noselfconnctl NSC_TMP=$tmp unshare --mount --propagation private --pid --mount-proc --fork --kill-child \
		timeout 60 "$netns" "$2" "$3" -- sh -c '. "$NSC_TMP/scenes"; "$0"; true' "$1" </dev/null 2>"$tmp/errors"
}

tap_is "$(scene states 40000 40001)" "IPv4: off
IPv6: off
status 1
The firewall rule is on: self-connections in this network namespace are refused.
on 0
The firewall rule is on already.
on 0
nothing changed
self=0 refused=3 reached=0 other=0
self=0 refused=2 reached=0 other=0
IPv4: on; self-connections refused so far: 3
IPv6: on; self-connections refused so far: 2
status 0
{\"ipv4\":{\"available\":true,\"on\":true,\"rules\":1,\"refused\":3},\"ipv6\":{\"available\":true,\"on\":true,\"rules\":1,\"refused\":2}}
The firewall rule is off.
off 0
The firewall rule was off already.
off 0
0
self=3 refused=0 reached=0 other=0" "on and off can be repeated, and status counts"
tap_is "$(scene server 40000 40001 | tail -n 2)" "self=0 refused=1 reached=0 other=0
self=0 refused=0 reached=1 other=0" "a server that starts meanwhile is reached"
tap_is "$(scene traffic 32768 60999 | tail -n 1)" "self=0 refused=0 reached=10000 other=0" \
	"of 10,000 connections to a server none is lost"
tap_is "$(scene beside 40000 40001 | grep -v '^The firewall')" "self=0 refused=2 reached=0 other=0
self=0 refused=0 reached=1 other=0
as before" "a DROP policy, conntrack and DNAT go on working, and off leaves them as they were"
tap_is "$(scene shield 40000 40001)" "off
self=0 refused=2 reached=0 other=0
on; self-connections refused so far: 2
{'on': True, 'refused': 2, 'not_covered': ['other network namespaces, such as containers']}
noselfconn_firewall_on 1
noselfconn_firewall_refused_total{family=\"ipv4\"} 0
noselfconn_firewall_refused_total{family=\"ipv6\"} 2
firewall rule: on; refused so far: 2
not in force for both IP versions: run 'noselfconnctl firewall on'" "noselfconnctl status and stats show this shield"
tap_is "$(scene moved 40000 40001 | grep -v '^The firewall')" "IPv4: on, but not as the first rule of OUTPUT: run 'noselfconnctl firewall on' again
IPv6: on; self-connections refused so far: 0
status 3
self=2 refused=0 reached=0 other=0
self=0 refused=2 reached=0 other=0
1" "a rule in front of it is noticed, and on puts it first again"
tap_is "$(scene half 40000 40001)" "noselfconnctl: ip6tables-restore: no such match: bpf
noselfconnctl: IPv6: the rule was not accepted; it needs netfilter's bpf match (xt_bpf)
noselfconnctl: the rule for IPv4 has been removed again
on 3
0
noselfconnctl: there is no iptables: install the package iptables
status 3" "both IP versions or neither"
tap_is "$(scene elsewhere 40000 40001 | grep -v '^The firewall')" "IPv4: on; self-connections refused so far: 0
IPv6: on; self-connections refused so far: 0
IPv4: off
noselfconnctl: --netns takes a name from 'ip netns list' or a process number, not '../x'
on 3
noselfconnctl: /run/netns/no-such-name: No such file or directory
on 3" "--netns leads into another network namespace"
tap_is "$(scene misuse 40000 40001 | grep -c -x 2)" 3 "any other word is wrong usage"

# The bytecode does what libpcap's compiler makes of an expression.
if ${CC:-cc} -o "$tmp/bytecode" "$here/bytecode.c" -lpcap 2>/dev/null; then
	words=00000000
	# usage: agrees FAMILY EXPRESSION PACKET
	agrees() {
		"$builddir/noselfconnctl" firewall print | sed -n "s/^$1 .*--bytecode \"\([^\"]*\)\".*/\1/p" |
			"$tmp/bytecode" "$2" "$3" >"$tmp/out" && status=0 || status=1
		sed 's/^/# /' "$tmp/out"
		tap_ok "$status" "the bytecode for $1 judges packets as libpcap does"
	}
	agrees iptables 'ip[12:4] = ip[16:4] and ip[(ip[0] & 15) << 2 : 2] = ip[((ip[0] & 15) << 2) + 2 : 2]' \
		"4500003c${words}400600007f0000017f0000019c409c40${words}${words}a002ffff$words$words$words$words"
	zeros=$words$words$words
	agrees ip6tables 'ip6[6] = 6 and ip6[8:4] = ip6[24:4] and ip6[12:4] = ip6[28:4] and ip6[16:4] = ip6[32:4] and
		ip6[20:4] = ip6[36:4] and ip6[40:2] = ip6[42:2]' \
		"6000000000280640${zeros}00000001${zeros}000000019c409c40${words}${words}a002ffff$words$words"
else
	tap_skip "the bytecode judges packets as libpcap does" "no libpcap to build with"
fi
tap_done
