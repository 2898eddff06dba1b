#!/bin/sh
# SPDX-License-Identifier: MIT
# The systemd units are sound, and what they run does what they are for; the example of noselfconn.conf is sound too.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
tap_needs_netns

examples=$srcdir/doc/examples ctl=$builddir/noselfconnctl
[ -x "$ctl" ] || tap_skip_all "noselfconnctl has not been built: no static libc"

# With the program where it is now.
mkdir "$tmp/units" "$tmp/bad"
for unit in "$examples"/*.service "$examples"/*.timer "$srcdir"/packaging/*.service; do
	sed "s|/usr/sbin/noselfconnctl|$ctl|" "$unit" >"$tmp/units/${unit##*/}"
done
# usage: verify FOLDER NAME: what systemd-analyze has to say
verify() {
	SYSTEMD_UNIT_PATH="$tmp/$1:" systemd-analyze verify --man=no "$tmp/$1/$2" 2>&1 | grep -e "$2" -e noselfconn || :
}
for unit in "$tmp"/units/*; do
	name=${unit##*/}
	if ! command -v systemd-analyze >/dev/null; then
		tap_skip "$name" "no systemd here"
		continue
	fi
	tap_is "$(verify units "$name")" '' "systemd has nothing to say against $name"
	(cat "$unit" && echo Nonsense=1) >"$tmp/bad/$name"
	tap_is "$(verify bad "$name" | grep -o Nonsense | sort -u)" Nonsense "it would have, of a wrong line in $name"
done

# The rule with the capabilities that its unit leaves, and no more.
unit=$srcdir/packaging/noselfconn-firewall.service
capabilities=$(sed -n 's/^CapabilityBoundingSet=//p' "$unit" | tr '[:upper:]' '[:lower:]' | sed 's/cap_/,+/g; s/ //g')
if [ "$(id -u)" -ne 0 ] || ! command -v iptables >/dev/null || ! command -v setpriv >/dev/null; then
	tap_skip "the capabilities of noselfconn-firewall.service" "not root, or no iptables or setpriv here"
else
	cat >"$tmp/with" <<END
for way in Start Reload Stop; do
	command=\$(sed -n "s/^Exec\$way=//p" "$tmp/units/${unit##*/}")
	setpriv --bounding-set=-all$capabilities --inh-caps=-all --no-new-privs \$command
done
END
	tap_is "$("$netns" -- sh "$tmp/with" 2>&1)" "The firewall rule is on: self-connections in this network namespace are refused.
The firewall rule is on already.
The firewall rule is off." "noselfconn-firewall.service has the capabilities that it needs"
fi

# What the service runs, in its folder.
mkdir "$tmp/collector"
command=$(sed -n "s/^ExecStart=.* -c '\(.*\)'$/\1/p" "$tmp/units/noselfconn-stats.service")
(cd "$tmp/collector" && "$netns" -- sh -c "$command")
tap_is "$(ls "$tmp/collector")" noselfconn.prom "the service leaves one file"
if ! command -v python3 >/dev/null; then
	tap_skip "what Prometheus reads" "no python3 here"
else
	tap_is "$(python3 "$srcdir/tests/ctl/ctl_prometheus.py" noselfconn_enabled <"$tmp/collector/noselfconn.prom" | cut -d ' ' -f 1)" \
		noselfconn_enabled "and Prometheus can read it"
fi

mkdir -p "$tmp/root/etc"
install -m 644 "$examples/noselfconn.conf" "$tmp/root/etc"
if [ "$(id -u)" -eq 0 ]; then
	tap_is "$("$ctl" config --root "$tmp/root")" "$tmp/root/etc/noselfconn.conf is sound. Settings in it: 2." \
		"the example of noselfconn.conf is sound"
else
	tap_skip "the example of noselfconn.conf" "it has to belong to root"
fi
tap_done
