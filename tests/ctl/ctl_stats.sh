#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl stats: counts the log's lines, from a file or the journal, and prints text, JSON or
# Prometheus metrics.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"
tap_needs python3
if [ -z "${NSC_OWN_NET-}" ]; then
	tap_needs_netns
	"$netns" 40000 40001 -- env NSC_OWN_NET=1 sh "$0"
	exit
fi

config=$machine/etc/noselfconn.conf log=$machine/var/log/noselfconn.log
mkdir -p "$machine/var/log"
echo 0 >/proc/sys/net/ipv4/tcp_max_tw_buckets # nothing is left in TIME_WAIT

# usage: json EXPRESSION
json() {
	in_machine "$ctl" stats --json </dev/null | json_of "$1"
}
# usage: metrics NAME...
# Prints the samples whose names begin with one of these.
metrics() {
	in_machine "$ctl" stats --prometheus </dev/null | python3 "$srcdir/tests/ctl/ctl_prometheus.py" "$@"
}

run_ctl stats
tap_is "$status" 0 "no log: exit status 0"
tap_says "^log: *off in /etc/noselfconn.conf, so no program is counted; write 'log = syslog' into it" "no log: it says so"
tap_says '^library: *disabled, sound$' "the library is disabled"
tap_says "^firewall rule: unknown: there is no iptables" "the firewall rule is unknown"
tap_is "$(json '[j[k] for k in ("enabled", "sound", "ports_at_risk", "self_connections", "prevented", "programs")]')" \
	"[False, True, 0, 0, None, []]" "no log: JSON"
tap_is "$(metrics noselfconn)" "noselfconn_enabled 0
noselfconn_sound 1
noselfconn_ports_at_risk 0
noselfconn_self_connections 0
noselfconn_log_on 0" "no log: metrics"

# The state of this machine.
run_ctl enable
sockets listen,127.0.0.1,40001 listen,127.0.0.2,40001 connect,127.0.0.1,40000
run_ctl stats
tap_says '^now: *sockets connected to themselves: 1; servers. ports at risk: 1$' "sockets and ports"
tap_says '^library: *enabled, sound$' "the library is enabled"
tap_is "$(metrics noselfconn_enabled noselfconn_p noselfconn_self)" "noselfconn_enabled 1
noselfconn_ports_at_risk 1
noselfconn_self_connections 1" "the same as metrics"
sockets_end
run_ctl disable

# A log of real programs: three refused calls, and one call that keeps its self-connection.
echo 'log = /var/log/noselfconn.log' >"$config"
run_ctl stats
tap_is "$status" 0 "a log that does not exist yet: exit status 0"
tap_says '^prevented: *0' "a log that does not exist yet: none"
loop() {
	in_machine /usr/bin/env LD_PRELOAD=libnoselfconn.so NOSELFCONN_LOG=/var/log/noselfconn.log "$@" /bin/retry_loop 40000 3 >/dev/null 2>&1 || :
}
machine_copy /usr/bin/env
loop
loop NOSELFCONN_RETRIES=0
run_ctl stats
tap_says '^prevented: *3, by the library$' "self-connections of retry_loop that were prevented"
tap_says '^ *3  retry_loop (refused)$' "by program and outcome"
tap_says '^not prevented: *1$' "self-connections that were left"
tap_says '^log: */var/log/noselfconn.log, since 20[0-9-]*T[0-9:]*Z$' "the log, and the time of its first line"
tap_is "$(json '(j["prevented"], j["not_prevented"], [tuple(p.values()) for p in j["programs"]])')" \
	"(3, 1, [('retry_loop', 'refused', True, 3), ('retry_loop', 'self-connected', False, 1)])" "a file: JSON"

# Lines without meaning, and programs with any name. A retry that connects to itself again is not
# the end.
cat >"$log" <<'END'
time=1700000000.123 noselfconn: program=a"b\c pid=1 fd=3 address=127.0.0.1:1 action=replace retry=1 outcome=self-connected
time=1700000001.123 noselfconn: program=a"b\c pid=1 fd=3 address=127.0.0.1:1 action=replace retry=2 outcome=refused
time=1700000002.123 noselfconn: program=a pid=1 fd=3 address=127.0.0.1:1 action=rewind retry=1 outcome=connected
time=1700000003.123 noselfconn: program=a pid=1 fd=3 address=127.0.0.1:1 action=rewind retry=1 outcome=errno-101
time=1700000003.123 noselfconn: program=a pid=1 fd=3 address=127.0.0.1:1 action=rewind retry=1 outcome=made-up
time=1700000003.123 noselfconn: program=a pid=1 setting=NOSELFCONN_LOG error="is not"
nonsense
END
tap_is "$(metrics noselfconn_prevented noselfconn_not)" 'noselfconn_prevented_total{program="a\"b\\c",outcome="refused"} 1
noselfconn_prevented_total{program="a",outcome="connected"} 1
noselfconn_prevented_total{program="a",outcome="errno-101"} 1' "labels are escaped, and what is no outcome is left out"
tap_is "$(json 'j["log"]["since"]')" 2023-11-14T22:13:20Z "the time of the first line"
echo "noselfconn: program=a pid=1 fd=3 address=127.0.0.1:1 action=replace retry=1 outcome=refused left_out=13" >"$log"
tap_is "$(metrics noselfconn_prevented noselfconn_log_lines)" 'noselfconn_prevented_total{program="a",outcome="refused"} 1
noselfconn_log_lines_left_out_total 13' "lines that the library left out are counted apart"
awk 'BEGIN { for (i = 0; i < 300; i++) print "program=p" i " action=replace outcome=refused" }' >"$log"
tap_is "$(metrics noselfconn_prevented | wc -l), $(metrics 'noselfconn_prevented_total{program="other"')" \
	'201, noselfconn_prevented_total{program="other",outcome="refused"} 100' "the number of programs is bounded"

# Unreadable logs.
rm "$log"
mkfifo "$log"
run_ctl stats
tap_is "$status" 3 "a log that is a FIFO: exit status 3"
tap_says '^noselfconnctl: log /var/log/noselfconn.log: not a regular file$' "a log that is a FIFO: it says so"
rm "$log"
printf 'log = syslog\n[program a]\nlog = syslog\n[program b]\nlog = off\n' >"$config"
run_ctl stats
tap_is "$status, $(printf '%s\n' "$says" | tail -n 1)" "3, noselfconnctl: log syslog: there is no journalctl" "no journal: it says so"

# A stand-in for journalctl. It checks its arguments and prints lines of two programs.
cat >"$machine/usr/bin/journalctl" <<'END'
#!/bin/sh
[ "$*" = "--quiet --no-pager -t noselfconn -o short-unix" ] || exit 1
echo "1700000000.000001 host noselfconn[71]: program=curl pid=71 fd=5 address=[::1]:40000 action=replace retry=1 outcome=refused"
echo "1700000009.000001 host noselfconn[72]: program=wget pid=72 fd=5 address=[::1]:40000 action=replace retry=1 outcome=refused"
END
chmod 755 "$machine/usr/bin/journalctl"
tap_is "$(json '(j["prevented"], [p["program"] for p in j["programs"]], j["log"]["sources"], j["log"]["since"])')" \
	"(2, ['curl', 'wget'], [{'where': 'syslog', 'trouble': None}], '2023-11-14T22:13:20Z')" "the journal, once"
run_ctl stats --json --prometheus
tap_is "$status, $says" "2, noselfconnctl: --json and --prometheus exclude each other" "two forms at once"

tap_done
