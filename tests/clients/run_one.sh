#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs one client once, as tests/clients/programs/NAME describes it, in a new network namespace. The
# client connects to 127.0.0.1:40000.
#
# usage: run_one.sh NAME CASE DIRECTORY [LIBRARY]
#   CASE      itself: no server, and the source ports are 40000 and 40001
#             elsewhere: no server, and other source ports
#             served: the description's server listens
#   LIBRARY   is preloaded into the client and into nothing else
#
# It writes into DIRECTORY: said (the client's output), status, seen (the self-connections), left
# (what ss then shows of the port) and binds (whether a server can then bind the port).
set -eu
name=$1 case=$2 directory=$3 preload=${4-}
tests=$(CDPATH='' cd "$(dirname "$0")/.." && pwd)

# Defaults for the descriptions.
port=40000
# shellcheck disable=SC2034 # the descriptions'
proxy_port=39999
server='' server_command='' alone='' limit=''
clean() {
	cat
}
prepare_server() {
	:
}

# For the descriptions: runs the client itself, with a time limit.
shim() {
	timeout --foreground -k 1 60 env LD_PRELOAD="$preload" "$@"
}

# usage: wait_until COMMAND [ARG...]
# Waits for at most about 60 seconds.
wait_until() {
	attempts=2000
	until "$@" >/dev/null; do
		attempts=$((attempts - 1))
		if [ $attempts -eq 0 ]; then
			echo "waited in vain for: $*" >&2
			return 1
		fi
		sleep 0.02
	done
}

listens() {
	ss -Hltn "sport = :$1" | grep -q .
}

# For the descriptions: starts a program that connects on behalf of others and listens on port
# 39999.
proxy() {
	shim "$@" >"$directory/proxy" 2>&1 &
	wait_until listens $proxy_port
}

# Asks the proxy from a port outside the ephemeral range, so that the port is not in the way.
ask_proxy() {
	curl -q --noproxy '*' -sS --max-time 50 --local-port 39990 -w '\nHTTP status %{http_code}\n' "$@"
}

# shellcheck source=/dev/null
. "$tests/clients/programs/$name"

# A session of its own has no terminal, and its number stops all processes started in it.
if [ "$case" = --session ]; then
	client
	exit
fi

groups=''
stop_all() {
	for group in $groups; do
		kill -s KILL -- "-$group" 2>/dev/null || :
	done
}
trap stop_all EXIT
trap 'exit 143' TERM INT HUP

# usage: start OUTPUT COMMAND [ARG...]
# Sets $started to the process started.
start() {
	output=$1
	shift
	setsid "$@" <"$directory/input" >"$output" 2>&1 9>&- &
	started=$!
	groups="$groups $started"
}

serve() {
	if [ -n "$server" ]; then
		start "$directory/server" python3 "$tests/lib/server.py" "$server" $port
	else
		prepare_server >"$directory/prepared" 2>&1
		start "$directory/server" sh -c "exec $server_command"
	fi
	wait_until listens $port
}

# The kernel reports each socket that it destroys, so none is missed, however short its life.
watch() {
	start "$directory/events" stdbuf -oL ss -HantE
	# shellcheck disable=SC2016 # awk's
	wait_until awk '$2 == 4 && $4 !~ /^0*$/ { found = 1 } END { exit !found }' /proc/net/netlink
}

self_connections() {
	{
		ss -Htan
		cat "$directory/events"
	} | grep -E "127\\.0\\.0\\.1\\]?:$port +[^ ]*127\\.0\\.0\\.1\\]?:$port( |$)" | sort -u
}

# A socket that its owner tears down is destroyed without its addresses. So count by the kernel's
# figures: connections opened that neither failed nor were accepted in the namespace.
opened_to_nobody() {
	awk '$1 == "Tcp:" && !names { names = split($0, name) }
		$1 == "Tcp:" { for (i = 1; i <= names; i++) count[name[i]] = $i }
		END {
			opened = count["ActiveOpens"] - count["AttemptFails"] - count["PassiveOpens"]
			if (opened > 0)
				print opened " opened to nobody"
		}' /proc/net/snmp
}

said() {
	clean <"$directory/output" | tr -d '\0' | tr -s '\r\n\t ' ' ' | sed 's/^ //; s/ $//'
}

# A self-connected client may wait for an answer for ever.
look_on() {
	while kill -0 "$client" 2>/dev/null; do
		self_connections >"$directory/seen"
		if [ -s "$directory/seen" ] && { [ -z "$alone" ] || said | grep -qE -- "$alone"; }; then
			kill -s KILL -- "-$client" 2>/dev/null || :
			return
		fi
		sleep 0.02
	done
}

if [ -n "$(ss -Hltn)" ]; then
	echo "somebody listens in a namespace that was to be empty" >&2
	exit 99
fi
# Some programs are only on root's PATH. The language is fixed, and files belong to this run only.
PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=$directory/home
export PATH HOME LC_ALL=C.UTF-8 TERM=dumb
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy || :
mkdir "$HOME"
cd "$HOME"
mkfifo "$directory/input"
exec 9<>"$directory/input"
if [ "$case" = served ]; then
	serve
else
	watch
fi
start "$directory/output" sh "$tests/clients/run_one.sh" "$name" --session "$directory" "$preload"
client=$started
if [ "$case" = itself ] && { [ -z "$preload" ] || [ -n "$limit" ]; }; then
	look_on
fi
status=0
wait "$client" 2>/dev/null || status=$?
echo $status >"$directory/status"
kill -s KILL -- "-$client" 2>/dev/null || :
said >"$directory/said"
[ "$case" != served ] || exit 0
{
	self_connections
	[ -n "$preload" ] || opened_to_nobody
} >"$directory/seen" || :
ss -Htan "( sport = :$port or dport = :$port )" >"$directory/left"
# Without SO_REUSEADDR, which would allow the bind despite a TIME_WAIT.
perl -MSocket -e '
	socket(S, PF_INET, SOCK_STREAM, 0) && bind(S, sockaddr_in($ARGV[0], INADDR_LOOPBACK)) && listen(S, 1) or die "$!\n";
	print "binds\n"' $port >"$directory/binds" 2>&1 || :
