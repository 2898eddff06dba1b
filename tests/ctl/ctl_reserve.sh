#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl ports --reserve loses no port that was reserved: long lists, failures, two at once.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"

tap_needs python3
if [ -z "${NSC_OWN_NET-}" ]; then
	tap_needs_netns
	"$netns" 40000 40009 -- env NSC_OWN_NET=1 sh "$0"
	exit
fi
kernel=/proc/sys/net/ipv4/ip_local_reserved_ports
folder=$machine/etc/sysctl.d conf=$machine/etc/sysctl.d/60-noselfconn.conf
key=net.ipv4.ip_local_reserved_ports

# usage: every_second FIRST LAST
# Prints every second port of the range as a list.
every_second() {
	seq -s , "$1" 2 "$2"
}

# usage: reserve_in_kernel LIST
# Empties the list, then adds port by port: a long write(2) may be cut short in the middle of a port.
reserve_in_kernel() {
	python3 -c 'import sys; open(sys.argv[1], "wb", buffering=0).write(b"\n")
with open(sys.argv[1], "wb", buffering=0) as file:
	for port in sys.argv[2].split(","):
		file.write(port.encode() + b"\n")' $kernel "$1"
}

# The whole list needs one large read(2): a second one returns nothing.
in_kernel() {
	dd if=$kernel bs=1M count=1 2>/dev/null
}

in_file() {
	sed -n "s/^$key = //p" "$conf" 2>/dev/null || :
}

many=$(every_second 33001 33601) very_many=$(every_second 33001 34599)

for list in "$many" "$very_many"; do
	say="${#list} bytes"
	rm -rf "$folder"
	reserve_in_kernel "$list"
	tap_is "$(in_kernel)" "$list" "$say: the kernel has them"
	run_ctl ports 40000
	tap_is "$status, $(printf '%s\n' "$says" | grep -c "$list,40000")" "1, $(
		[ ${#list} -gt 4000 ] && echo 0 || echo 2)" "$say: a list that sysctl(8) would cut is not recommended"
	tap_is "$(in_machine "$ctl" --json ports 40000 | json_of 'j["reserved"] + " " + j["sysctl"]')" \
		"$list $key=$list,40000" "$say: JSON has all of them"
	run_ctl --reserve ports 40000
	tap_is "$status" 0 "$say: --reserve"
	tap_is "$(in_kernel)" "$list,40000" "$say: the kernel keeps all of them"
	tap_is "$(in_file)" "$list,40000" "$say: the file has all of them"
	run_ctl --reserve ports 40000 40002
	tap_is "$(in_kernel) $(in_file)" "$list,40000,40002 $list,40000,40002" "$say: one more"
done

# The recommended line, as the user would run it.
reserve_in_kernel "$many"
rm -rf "$folder"
run_ctl ports 40000
line=$(printf '%s\n' "$says" | sed -n 's/^ *\(sysctl -w .*\)/\1/p')
if command -v sysctl >/dev/null; then
	$line >/dev/null
	tap_is "$(in_kernel)" "$many,40000" "the recommended line keeps all of them"
else
	tap_skip "the recommended line" "no sysctl(8)"
fi

# Ports listed in a file that nothing has applied yet.
echo 1 >$kernel
mkdir -p "$folder"
echo "$key = $very_many" >"$folder/50-mine.conf"
run_ctl --reserve ports 40000
tap_is "$status, $(in_kernel) $(in_file)" "0, 1,$very_many,40000 1,$very_many,40000" "a long list of another file"

# An unreadable file might reserve ports.
rm -rf "$folder"
mkdir -p "$folder"
ln -s 50-loop.conf "$folder/50-loop.conf"
echo 5000 >$kernel
run_ctl --reserve ports 40000
tap_is "$status, $(in_kernel) $(ls "$folder")" "3, 5000 50-loop.conf" "with a file that cannot be read nothing is changed"
tap_says '50-loop.conf' "and the file is named"
run_ctl ports 40000
tap_is "$status" 1 "without --reserve the answer is the same"
tap_says '50-loop.conf' "with a warning"

# Each of several runs at the same time adds its own port.
rm -rf "$folder"
echo >$kernel
ports='40000 40001 40002 40003 40004 40005 40006 40007 40008 40009'
for port in $ports; do
	in_machine "$ctl" --reserve ports "$port" >/dev/null 2>&1 </dev/null &
done
wait
tap_is "$(in_kernel) $(in_file)" "40000-40009 40000-40009" "ten at once: all ten ports, in the kernel and in the file"

# The kernel refuses: the file keeps the port, and the kernel's list is unchanged.
echo 5000 >$kernel
mount --bind "$machine/proc/sys" "$machine/proc/sys"
mount -o remount,bind,ro "$machine/proc/sys"
run_ctl --reserve ports 40000
tap_is "$status, $(in_kernel)" "3, 5000" "a kernel that refuses: exit status 3, and it keeps what it had"
tap_done
