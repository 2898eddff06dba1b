#!/bin/sh
# SPDX-License-Identifier: MIT
# What scripts/machine's Debian runs once it has booted, as a service. Results go to the second serial port: "ok - NAME", "not
# ok - NAME" with lines of "# " before, and "= over". Each wait has a bound.
set -u
exec </dev/null
stty -F /dev/ttyS1 raw -echo
export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root
port=40000 library=/usr/lib/x86_64-linux-gnu/libnoselfconn.so
mkdir -p /run/test
cd /run/test || exit

# usage: is HAVE WANT NAME
is() {
	if [ "$1" = "$2" ]; then
		echo "ok - $3"
	else
		printf '# have: %s\n# want: %s\n' "$1" "$2" | sed '2,$s/^\([^#]\)/#       \1/'
		echo "not ok - $3"
	fi
}
# usage: until_true SECONDS COMMAND [ARG...]: repeats it until it succeeds
until_true() {
	tries=$(($1 * 4))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return
		sleep 0.25
	done
}
visitor() {
	timeout 60 ssh -o BatchMode=yes visitor@127.0.0.1 "$@" 2>&1
}
loaded='grep -c libnoselfconn.so /proc/self/maps | sed s/[1-9][0-9]*/loaded/'
denials() {
	journalctl -q --no-pager -o cat _TRANSPORT=audit + _TRANSPORT=kernel | grep -c 'apparmor="DENIED"'
}
repairs() {
	journalctl -q --no-pager -o cat -t noselfconn | grep -c ' action='
}

# The exit status of "noselfconnctl firewall status": 0 is on, 1 is off.
rule() {
	noselfconnctl firewall status >/dev/null 2>&1
	echo $?
}
sound() {
	noselfconnctl status >/dev/null 2>&1
	echo $?
}

counted() {
	noselfconnctl stats --json 2>&1 | python3 -c 'import json, sys; print(json.load(sys.stdin)["prevented"])' 2>&1 | tail -n 1
}

# The boot.
is "$(timeout 400 systemctl is-system-running --wait)" running "it boots, and no unit has failed"
is "$(systemctl --failed --plain --no-legend)" '' "systemctl lists no failed unit"
is "$(cat /test/firewall)" disabled "the package has left the firewall rule's unit disabled"
is "$(systemctl is-active multi-user.target ssh cron apparmor | tr '\n' ' ')" "active active active active " "services run"
is "$(cat /sys/module/apparmor/parameters/enabled)" Y "AppArmor is on"
is "$(grep '^/usr/local/bin/bash-confined ' /sys/kernel/security/apparmor/profiles)" '/usr/local/bin/bash-confined (enforce)' \
	"it enforces the profile of the confined program"
is "$(sound)" 0 "the library is enabled, and sound"
is "$(grep -c "$library" /proc/1/maps | sed 's/[1-9][0-9]*/loaded/')" loaded "systemd has loaded it"
is "$(lsinitramfs /boot/initrd.img-* | grep -c 'libnoselfconn.so$')" 1 "the initrd has it, as all that ld.so would load"
# image.sh has enabled it.
is "$(systemctl is-active noselfconn-firewall), $(rule)" "active, 0" "the firewall rule comes with the boot"
is "$(timeout 120 systemctl -q disable --now noselfconn-firewall 2>&1), $(rule)" ", 1" "its unit switches it off"
filter=$(iptables -S && ip6tables -S)
echo "# booted after $(cut -d ' ' -f 1 /proc/uptime) s of its own time"

# Ways to get a program.
is "$(visitor "$loaded")" loaded "ssh"
is "$(timeout 60 su -l visitor -c "$loaded" 2>&1)" loaded "su"
is "$(visitor sudo -n sh -c "'$loaded'")" loaded "ssh, and sudo in it"
echo "* * * * * visitor ($loaded) >/tmp/cron-says 2>&1" >/etc/cron.d/loaded
until_true 150 test -s /tmp/cron-says
rm -f /etc/cron.d/loaded
is "$(cat /tmp/cron-says)" loaded "cron"
timeout 300 apt-get -qq -y --reinstall install /test/noselfconn_*.deb >says 2>&1
is "$?, $(grep -c 'ERROR: ld\.so' says), $(apt-get -qq check 2>&1)" "0, 0, " "apt"

# One line in one file.
echo 'log = syslog' >/etc/noselfconn.conf
sysctl -q -w net.ipv4.ip_local_port_range="$port $((port + 1))"
before=$(repairs) denied=$(denials)
is "$denied" 0 "AppArmor has denied nothing yet"
connect="exec 3<>/dev/tcp/127.0.0.1/$port"
# What the client said: "refused", or all of it.
refused() {
	if grep -qi 'connection refused' says; then
		echo refused
	else
		cat says
	fi
}
# usage: provoke UNIT PROGRAM NAME COMMAND [ARG...]: a self-connection is undone, and logged as of that unit and program
provoked=0
provoke() {
	unit=$1 program=$2 name=$3
	shift 3
	since=$(date +%s)
	"$@" >says 2>&1
	provoked=$((provoked + 1))
	is "$(refused)" refused "$name: it is refused"
	journalctl --sync
	is "$(journalctl -q --no-pager -o json -t noselfconn --since "@$since" | python3 -c '
import json, re, sys
lines = [json.loads(line) for line in sys.stdin]
print([(re.split("[-.]", e.get("_SYSTEMD_UNIT", "?"))[0], *[w for w in e["MESSAGE"].split() if w.split("=")[0] in
	("program", "address", "outcome")]) for e in lines][-1:])')" \
		"[('$unit', 'program=$program', 'address=127.0.0.1:$port', 'outcome=refused')]" "$name: the journal has it, with its unit"
}
provoke client bash "a service" systemd-run -q --wait --pipe --collect --unit=client bash -c "$connect"
provoke session bash "an ssh session" visitor bash -c "'$connect'"
for kind in setuid setgid; do
	provoke session telnet-$kind "a $kind program" visitor "telnet-$kind 127.0.0.1 $port"
done
provoke confined bash-confined "a confined program" systemd-run -q --wait --pipe --collect --unit=confined /usr/local/bin/bash-confined -c "$connect"
cron_job() {
	rm -f /tmp/cron-says
	echo "* * * * * visitor (bash -c '$connect'; echo over) >/tmp/cron-says 2>&1" >/etc/cron.d/connects
	until_true 150 grep -q over /tmp/cron-says
	rm -f /etc/cron.d/connects
	cat /tmp/cron-says
}
provoke cron bash "a cron job" cron_job
journalctl --sync
is "$(($(repairs) - before))" "$provoked" "the journal has as many repairs as were provoked"
is "$(counted)" "$provoked" "noselfconnctl stats counts them"

# The examples for systemd, as their heads say.
examples=/usr/share/doc/noselfconn/doc/examples figures=/var/lib/prometheus/node-exporter/noselfconn.prom
mkdir -p "${figures%/*}"
install -m 644 $examples/noselfconn-stats.service $examples/noselfconn-stats.timer /etc/systemd/system
systemctl daemon-reload
is "$(systemctl -q enable --now noselfconn-stats.timer 2>&1)$(systemctl is-active noselfconn-stats.timer)" active "the example's timer starts"
# That is more than its five minutes, the random delay, and the minute by which systemd may be late.
date -s '+7 minutes' >/dev/null
until_true 120 test -s $figures
is "$(grep -cxE 'noselfconn_(enabled|sound) 1' $figures), $(awk '/^noselfconn_prevented_total/ { n += $NF } END { print n }' $figures)" \
	"2, $provoked" "it writes for Prometheus: enabled, sound, and as many repairs"
systemctl -q disable --now noselfconn-stats.timer
rm -r /etc/systemd/system/noselfconn-stats.* "${figures%/*/*}"
is "$(denials)" 0 "AppArmor has denied nothing"

# Without the rules of the package it would have.
mv /etc/apparmor.d/abstractions/base.d/noselfconn rules
apparmor_parser -r -T /etc/apparmor.d/bash-confined
timeout 60 bash-confined -c "$connect" 2>says
journalctl --sync
is "$(denials | sed 's/^[1-9][0-9]*$/some/'), $(refused)" "some, refused" \
	"without the package's rules it denies, and the program is protected all the same"
mv rules /etc/apparmor.d/abstractions/base.d/noselfconn
apparmor_parser -r -T /etc/apparmor.d/bash-confined
rm /etc/noselfconn.conf

# The drop-in of the examples, for one service of a machine where the library is disabled.
noselfconnctl disable >/dev/null
is "$(sound), $(visitor "$loaded")" "1, 0" "disable: new sessions do not have the library"
printf '[Service]\nType=oneshot\nExecStart=-/bin/bash -c "%s"\nStandardError=append:/run/test/says\n' "$connect" \
	>/etc/systemd/system/single.service
install -D -m 644 $examples/service.conf /etc/systemd/system/single.service.d/noselfconn.conf
systemctl daemon-reload
provoke single bash "a service with the example's drop-in" systemctl -q start single
rm -r /etc/systemd/system/single.service*
systemctl daemon-reload
noselfconnctl enable >/dev/null
is "$(sound), $(visitor "$loaded")" "0, loaded" "enable: new sessions have it again"

# The firewall rule, by its unit.
is "$(timeout 120 systemctl -q enable --now noselfconn-firewall 2>&1), $(rule)" ", 0" "the unit switches the firewall rule on"
NOSELFCONN_DISABLE=1 bash -c "$connect" 2>says
is "$(refused), $(noselfconnctl stats | grep -o 'firewall rule: .*')" "refused, firewall rule: on; refused so far: 1" \
	"it refuses a program that the library leaves alone, and noselfconnctl stats counts that"

# An upgrade, with a session that lives through it.
(visitor 'sleep 5; cat /proc/self/maps | grep -c libnoselfconn.so | sed s/[1-9][0-9]*/loaded/' >session) &
session=$!
sleep 1
is "$(timeout 300 dpkg -i /test/later/*.deb 2>&1 | grep -c 'ERROR: ld\.so'), $(sound)" "0, 0" \
	"upgrade: silent, and the library is enabled and sound"
wait $session
is "$(cat session), $(visitor "$loaded")" "loaded, loaded" "upgrade: old and new sessions have it"
is "$(rule)" 0 "upgrade: the firewall rule stays"
is "$(timeout 300 apt-get -qq -y purge noselfconn libnoselfconn 2>&1 | grep -c 'ERROR: ld\.so'), $(visitor "$loaded")" "0, 0" \
	"purge: silent, and new sessions do not have the library"
is "$(find / -xdev \( -path /test -o -path /run -o -path /boot \) -prune -o \( -name '*noselfconn*' -o -name ld.so.preload \) -print)" '' \
	"purge: no file is left"
is "$(dpkg -l | grep noselfconn)" '' "purge: dpkg knows nothing of them"
is "$(iptables -S && ip6tables -S)" "$filter" "purge: the firewall rule is gone"
is "$(systemctl --failed --plain --no-legend)" '' "no unit has failed until the end"
echo "# over after $(cut -d ' ' -f 1 /proc/uptime) s of its own time"
echo "= over"
sync
systemctl poweroff
