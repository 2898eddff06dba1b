#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl scan --all-netns visits each network namespace once and prints its name or a process
# in it.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/ctl/ctl_lib.sh"

ctl=$builddir/noselfconnctl
[ -x "$ctl" ] || tap_skip_all "noselfconnctl has not been built: no static libc"
# The test has pid and mount namespaces of its own, with no other process and an empty /run.
if [ -z "${NSC_OWN-}" ]; then
	[ "$(id -u)" -eq 0 ] || tap_skip_all "entering network namespaces takes root"
	tap_needs python3
	tap_needs setpriv
	tap_needs_netns
	unshare --mount --pid --fork --mount-proc true 2>/dev/null || tap_skip_all "no permission to make namespaces"
	unshare --mount --propagation private --pid --fork --mount-proc --kill-child \
		"$netns" 40000 40001 -- env NSC_OWN=1 sh "$0"
	exit
fi
mount -t tmpfs none /run
ip netns add nsc-named
ip netns exec nsc-named ip link set lo up

# usage: json EXPRESSION
json() {
	"$ctl" scan --all-netns --json | json_of "$1"
}
status=0
says=$("$ctl" scan --all-netns 2>&1) || status=$?
tap_is "$status, $says" "0, No socket of the 2 network namespaces is connected to itself." "none: this namespace and a named one"

# Two processes in a namespace without a name, and one in the named one.
sockets() {
	: >"$tmp/ready-$1"
	shift
	"$@" <"$tmp/input" >"$tmp/ready-$name" 9>&- &
	while ! grep -q ready "$tmp/ready-$name"; do sleep 0.05; done
}
mkfifo "$tmp/input"
exec 9<>"$tmp/input"
python=$srcdir/tests/ctl/ctl_sockets.py
name=named
sockets named ip netns exec nsc-named sh -c 'echo 40000 40001 >/proc/sys/net/ipv4/ip_local_port_range; exec "$@"' sh \
	python3 "$python" connect,127.0.0.1,40000
name=other
sockets other "$netns" 40000 40001 -- python3 "$python" connect,::1,40000 share
other=$!
inode=$(readlink /proc/$other/ns/net | tr -dc 0-9)

status=0
says=$("$ctl" scan --all-netns 2>&1) || status=$?
tap_is "$status" 1 "some: exit status 1"
tap_is "$(printf '%s\n' "$says" | sed -n 's/^\(network namespace .*\|.* is connected to itself\): .*/\1/p; s/^\(network namespace .*\):$/\1/p')" \
	"network namespace nsc-named
127.0.0.1:40000 is connected to itself
network namespace of python3 (pid $other)
[::1]:40000 is connected to itself" "each is listed under its namespace, once"
tap_is "$(json '[(s["netns"]["name"], s["netns"]["pid"], s["address"]) for s in j["self_connections"]]')" \
	"[('nsc-named', None, '127.0.0.1'), (None, $other, '::1')]" "their namespaces in JSON"
tap_is "$(json 'j["self_connections"][1]["netns"]["inode"]')" "$inode" "its inode, as lsns shows it"
tap_is "$("$ctl" scan 2>&1)" "No socket of this network namespace is connected to itself." "without the option: this namespace only"

says=$(setpriv --reuid 65534 --clear-groups "$ctl" scan --all-netns 2>&1) && status=0 || status=$?
tap_is "$status, $says" "3, noselfconnctl: --all-netns needs root" "others than root are told that they cannot"
exec 9>&-
wait
tap_done
