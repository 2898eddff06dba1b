#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs one client, which is to connect to 127.0.0.1:40000 where nobody listens, for clients.sh; in a network namespace
# without a past, whose source ports are 40000 and 40001.
# usage: client.sh NAME DIRECTORY [LIBRARY]   LIBRARY: is preloaded into the client, and nothing else
# Writes into DIRECTORY: said (on one line: what the client said, and, where it was still connected when it was looked
# at, what ss did), status, left (what ss shows of the port afterwards), server (of one that then binds the port).
set -eu
name=$1 directory=$2 preload=${3-}
port=40000

# These stay as long as their input is open, and say nothing of their own address: ss does.
stays() {
	[ "$name" = telnet ] || [ "$name" = nc ]
}

# Each prints both ends of its connection where it knows them; its own words are its errors.
run() {
	case $name in
	telnet) set -- telnet 127.0.0.1 $port ;;
	nc) set -- nc -v 127.0.0.1 $port ;;
	curl)
		set -- curl -q --noproxy '*' -sS --max-time 10 -v \
			-w '%{local_ip}:%{local_port} %{remote_ip}:%{remote_port}\n' http://127.0.0.1:$port/
		;;
	wget) set -- wget --no-config --no-proxy --tries=1 --timeout=2 -O - http://127.0.0.1:$port/ ;;
	redis-cli) set -- redis-cli -h 127.0.0.1 -p $port ping ;;
	python-socket)
		set -- python3 -c "
import socket
s = socket.create_connection(('127.0.0.1', $port))
print('%s:%d' % s.getsockname(), '%s:%d' % s.getpeername())"
		;;
	python-asyncio)
		set -- python3 -c "
import asyncio
async def main():
	_, s = await asyncio.open_connection('127.0.0.1', $port)
	print('%s:%d' % s.get_extra_info('sockname'), '%s:%d' % s.get_extra_info('peername'))
asyncio.run(main())"
		;;
	node)
		set -- node -e "
const s = require('net').connect($port, '127.0.0.1', () => {
	console.log(s.localAddress + ':' + s.localPort, s.remoteAddress + ':' + s.remotePort);
	process.exit(0);
});
s.on('error', (e) => { console.error(String(e)); process.exit(1); });"
		;;
	perl)
		# shellcheck disable=SC2016 # perl's variables
		set -- perl -MIO::Socket::INET -e '
			$s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 40000) or die "$@\n";
			print $s->sockhost, ":", $s->sockport, " ", $s->peerhost, ":", $s->peerport, "\n";'
		;;
	bash) set -- bash -c "exec 3<>/dev/tcp/127.0.0.1/$port && ss -Htn" ;;
	esac
	exec timeout 30 env LD_PRELOAD="$preload" "$@"
}

self_connection() {
	ss -Htn state established | grep "127.0.0.1:$port  *127.0.0.1:$port"
}

[ -z "$(ss -Hltn)" ] || {
	echo "somebody listens in a namespace that was to be empty" >&2
	exit 99
}
mkfifo "$directory/input"
exec 9<>"$directory/input"
(run) <"$directory/input" >"$directory/output" 2>&1 9>&- &
client=$!
while stays && kill -0 $client 2>/dev/null; do
	# It has said so, too, before it waits for its input.
	if self_connection >"$directory/seen" && grep -qE 'Escape character|succeeded' "$directory/output"; then
		kill $client
		break
	fi
	sleep 0.05
done
status=0
wait $client 2>/dev/null || status=$?
echo $status >"$directory/status"
touch "$directory/seen"
cat "$directory/output" "$directory/seen" | tr -s '\r\n ' ' ' >"$directory/said"
ss -Htan "( sport = :$port or dport = :$port )" >"$directory/left"
# Without SO_REUSEADDR: that would let it pass by a TIME_WAIT.
perl -MSocket -e '
	socket(S, PF_INET, SOCK_STREAM, 0) && bind(S, sockaddr_in(40000, INADDR_LOOPBACK)) && listen(S, 1) or die "$!\n";
	print "listens\n"' >"$directory/server" 2>&1 || :
