#!/bin/sh
# SPDX-License-Identifier: MIT
# Clients as they are installed: each connects to itself without the shim, and is refused with it.
. "${srcdir:-$(dirname "$0")/..}/tests/tap.sh"

# One client a line: its name in client.sh; the program it takes; what it says when it is connected to itself, with
# proof that it is (both ends of its connection, or its own request as the answer); its status and its words when it
# is refused; the way that a repair takes with METHOD=auto. All as extended regular expressions on one line.
both='127\.0\.0\.1:40000 127\.0\.0\.1:40000'
clients="
telnet; telnet; Connected to 127\.0\.0\.1.* $both; 1; Unable to connect.*Connection refused; replace
curl; curl; HTTP/0\.9 when not allowed.*$both; 7; port 40000.* failed: Connection refused; replace
nc; nc; succeeded!.*$both; 1; Connection refused; replace
wget; wget; connected\..*GET / HTTP/1\.1 Host: 127\.0\.0\.1:40000 User-Agent: Wget; 4; Connection refused; replace
python-socket; python3; ^$both; 1; ConnectionRefusedError; replace
python-asyncio; python3; ^$both; 1; ConnectionRefusedError; rewind
node; node; ^$both; 1; connect ECONNREFUSED; rewind
perl; perl; ^$both; 2|111; Connection refused; replace
redis-cli; redis-cli; ^ping; 1; Connection refused; replace
bash; bash; $both; 1; Connection refused; replace
"

# usage: run_client NAME [LIBRARY]
run_client() {
	case_directory=$(mktemp -d "$tmp/$1.XXXXXX")
	export NOSELFCONN_LOG="$case_directory/log"
	"$netns" 40000 40001 -- sh "$srcdir/tests/client.sh" "$1" "$case_directory" ${2:+"$2"} || exit 99
	said=$(cat "$case_directory/said") status=$(cat "$case_directory/status")
}

# usage: tap_says EXPRESSION TEXT NAME
tap_says() {
	say_status=0
	echo "$2" | grep -qE -- "$1" || say_status=1
	[ $say_status -eq 0 ] || printf '# wanted: %s\n# in: %s\n' "$1" "$2"
	tap_ok $say_status "$3"
}

without_the_shim() {
	run_client "$name"
	tap_says "$connected" "$said" "$name connects to itself without the shim"
}

with_the_shim() {
	export NOSELFCONN_METHOD="$1"
	run_client "$name" "$library"
	# shellcheck disable=SC2154 # set by tap.sh
	tap_says "^($refused_status) .*$refused" "$status $said" "$name is refused (METHOD=$1)"
	way=$1
	[ "$way" != auto ] || way=$auto
	tap_is "$(sed -n 's/.* address=127.0.0.1:40000 action=\([a-z]*\) .*/\1/p' "$case_directory/log" | sort -u)" "$way" \
		"$name had its self-connection undone by $way (METHOD=$1)"
	tap_is "$(cat "$case_directory/left" "$case_directory/server")" listens \
		"$name leaves the port free for any server (METHOD=$1)"
}

# The shim's part in the port being free.
without_the_shim_port_is_taken() {
	run_client perl
	tap_says "TIME-WAIT .*$both .*Address already in use" \
		"$(cat "$case_directory/left" "$case_directory/server" | tr -s '\n ' ' ')" \
		"without the shim a TIME_WAIT keeps a server off the port"
}

echo "$clients" | sed '/^$/d; s/; */;/g' >"$tmp/clients"
while IFS=';' read -r name program connected refused_status refused auto <&3; do
	if ! command -v "$program" >/dev/null; then
		tap_skip "$name is refused" "no $program here"
		continue
	fi
	without_the_shim
	for method in auto replace rewind; do
		with_the_shim $method
	done
done 3<"$tmp/clients"

without_the_shim_port_is_taken
tap_done
