#!/bin/sh
# SPDX-License-Identifier: MIT
# The settings, given through the environment of a program that runs under the shim.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
tap_needs_netns

${CC:-cc} -o "$tmp/ask" "$srcdir/tests/lib/ask_plugin.c" -ldl
log=$tmp/log

# usage: ask [NAME=VALUE...]
# Prints how a self-connection ends with these settings.
ask() {
	"$netns" 40000 40001 -- env LD_PRELOAD="$library" "$@" "$tmp/ask"
}

# Prints the log without the parts that differ between runs.
logged() {
	sed -e 's/^time=[0-9]*\.[0-9][0-9][0-9] //' -e 's/pid=[0-9]* /pid=N /' -e 's/fd=[0-9]* /fd=N /' "$log" 2>/dev/null || true
	rm -f "$log"
}

tap_is "$(ask)" "Connection refused" "no setting: refused"
tap_is "$(ask NOSELFCONN_DISABLE=1)" "itself" "NOSELFCONN_DISABLE=1 does nothing at all"
tap_is "$(ask NOSELFCONN_DISABLE=0)" "Connection refused" "NOSELFCONN_DISABLE=0 has no effect"
tap_is "$(ask NOSELFCONN_RETRIES=0)" "itself" "NOSELFCONN_RETRIES=0 returns the kernel's result"
tap_is "$(ask NOSELFCONN_RETRIES=0 NOSELFCONN_GIVE_UP=refuse)" "Connection refused" "or refuses, with NOSELFCONN_GIVE_UP=refuse"
tap_is "$(ask NOSELFCONN_RETRIES=0 NOSELFCONN_GIVE_UP=refuse NOSELFCONN_METHOD=rewind)" "Connection refused" \
	"and leaves no error pending on a socket that was rewound"
tap_is "$(ask NOSELFCONN_RETRIES=1)" "Connection refused" "one retry is enough in a range of two ports: the port is held"

line='noselfconn: program=ask pid=N fd=N address=127.0.0.1:40000'
for method in replace rewind; do
	ask NOSELFCONN_LOG="$log" NOSELFCONN_METHOD=$method >/dev/null
	tap_is "$(logged)" "$line action=$method retry=1 outcome=refused" "a repair is logged, $method"
done
ask NOSELFCONN_LOG="$log" >/dev/null
tap_is "$(logged)" "$line action=replace retry=1 outcome=refused" "a plain client is given a fresh socket"
ask NOSELFCONN_LOG="$log" NOSELFCONN_RETRIES=0 >/dev/null
tap_is "$(logged)" "$line action=none retry=0 outcome=self-connected" "relenting is logged"
ask NOSELFCONN_LOG="$log" NOSELFCONN_RETRIES=0 NOSELFCONN_GIVE_UP=refuse >/dev/null
tap_is "$(logged)" "$line action=replace retry=0 outcome=refused" "refusing is logged"
tap_is "$(ask NOSELFCONN_LOG=stderr 2>&1 >/dev/null | sed 's/pid=[0-9]* /pid=N /; s/fd=[0-9]* /fd=N /')" \
	"$line action=replace retry=1 outcome=refused" "a log on standard error"
tap_is "$(ask 2>&1 >/dev/null)" "" "no log unless asked for"

ask NOSELFCONN_LOG="$log" NOSELFCONN_RETRIES=many NOSELFCONN_METHOD=magic NOSELFCONN_GIVE_UP= >/dev/null
tap_is "$(logged)" "noselfconn: program=ask pid=N setting=NOSELFCONN_RETRIES error=\"is not a whole number from 0 to 100; the default stays in force\"
noselfconn: program=ask pid=N setting=NOSELFCONN_METHOD error=\"is not auto, prevent, replace or rewind; the default stays in force\"
$line action=replace retry=1 outcome=refused" "what cannot be understood is reported, and the default stays"
cd "$tmp"
"$netns" 40000 40001 -- env PATH=: LD_PRELOAD="$library" NOSELFCONN_LOG="$log" ask >/dev/null
tap_is "$(logged)" "$line action=replace retry=1 outcome=refused" "a program that was executed by its bare name has that name"
ask NOSELFCONN_LOG=relative >/dev/null
tap_is "$(find . -name relative)" "" "a relative path is not accepted as a log"

# A setuid program takes no settings from its caller, although /etc/ld.so.preload loads the shim
# into it.
# usage: preloaded MODE NAME=VALUE [LINE]
# Prints how a connect() by nobody ends in a program of this mode, and whether there is a log.
# LINE is the only one of noselfconn.conf.
# shellcheck disable=SC2016 # the inner shell expands
preloaded() {
	"$netns" 40000 40001 -- unshare --mount sh -euc '
		mode=$1 setting=$2 tmp=$3 library=$4 line=$5
		mount -t tmpfs -o mode=1777 none /mnt
		install "$tmp/ask" "$library" /mnt
		chmod "$mode" /mnt/ask
		cp -a /etc /mnt/etc
		echo /mnt/libnoselfconn.so >/mnt/etc/ld.so.preload
		rm -f /mnt/etc/noselfconn.conf
		[ -z "$line" ] || echo "$line" >/mnt/etc/noselfconn.conf
		mount --bind /mnt/etc /etc
		setpriv --reuid=65534 --clear-groups env NOSELFCONN_LOG=/mnt/log "$setting" /mnt/ask
		if [ -e /mnt/log ]; then echo "with a log"; else echo "without a log"; fi
		[ -z "$line" ] || stat -c "%n %u %a" /mnt/roots
	' sh "$1" "$2" "$tmp" "$library" "${3-}"
}

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	tap_is "$(preloaded 755 NOSELFCONN_RETRIES=1)" "Connection refused
with a log" "a plain program under /etc/ld.so.preload is protected, and takes the settings"
	tap_is "$(preloaded 4755 NOSELFCONN_DISABLE=1)" "Connection refused
without a log" "a setuid program is protected, and takes none"
	tap_is "$(preloaded 4755 NOSELFCONN_DISABLE=1 'log = /mnt/roots')" "Connection refused
without a log
/mnt/roots 0 600" "it logs where noselfconn.conf says"
else
	tap_skip "settings of plain and setuid programs" "not root, or no setpriv here"
fi
tap_done
