#!/bin/sh
# SPDX-License-Identifier: MIT
# Other preloaded libraries of Debian, before and behind the shim. Each keeps its own effect, and
# self-connections are repaired. If the other library replaces connect() itself, the result is the
# same as without the shim.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/unpack.sh
. "$srcdir/tests/lib/unpack.sh"
archive=$builddir/archive

${CC:-cc} -o "$tmp/ask" "$srcdir/tests/lib/ask_plugin.c" -ldl

# The effects: each function prints on one line what a library does for a program. $1 is LD_PRELOAD.

# Prints the first bytes that a proxy on 127.0.0.1:1080 receives for a connection to 192.0.2.1:80,
# which has no other route.
proxied() {
	"$netns" -- timeout -s KILL 30 python3 -c '
import os, socket, subprocess, sys
server = socket.create_server(("127.0.0.1", 1080))
client = subprocess.Popen(["python3", "-c", "import socket; socket.socket().connect((\"192.0.2.1\", 80))"],
    env=dict(os.environ, LD_PRELOAD=sys.argv[1]), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
server.settimeout(0.2)
while True:
    ended = client.poll() is not None
    try:
        print(server.accept()[0].recv(2).hex())
    except TimeoutError:
        if not ended:
            continue
        print("nothing")
    break
client.kill()
' "$1" 2>&1 | tail -n 1
}

the_year() {
	LD_PRELOAD=$1 date -u +%Y
}

syncs() {
	: >"$tmp/file"
	strace -qq -f -e trace=fsync -o "$tmp/strace" -E LD_PRELOAD="$1" sync "$tmp/file"
	grep -c 'fsync(' "$tmp/strace" || :
}

# With the shim this runs after a repair: the repaired socket must have the option, too.
keepalive() {
	"$netns" 40000 40001 -- env LD_PRELOAD="$1" python3 -c '
import socket
s = socket.socket()
s.connect_ex(("127.0.0.1", 40000))
print(s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))'
}

over_unix() {
	rm -rf "$tmp/wrapped"
	mkdir "$tmp/wrapped"
	"$netns" 40000 40001 -- timeout -s KILL 30 env SOCKET_WRAPPER_DIR="$tmp/wrapped" LD_PRELOAD="$1" python3 -c '
import os, socket
server = socket.create_server(("127.0.0.1", 40000))
client = socket.create_connection(("127.0.0.1", 40000))
client.sendall(b"data")
print(server.accept()[0].recv(9).decode(), "by", os.readlink("/proc/self/fd/%d" % client.fileno()).split(":")[0],
      sum("127.0.0.1" in line or "0100007F" in line for line in open("/proc/net/tcp")))' 2>&1 | tail -n 1
}

statistics() {
	MALLOC_CONF=stats_print:true LD_PRELOAD=$1 "$tmp/ask" syscall 2>&1 | grep -o 'Begin [a-z]* statistics' || :
}

# usage: connects PRELOAD
# Prints how a self-connection ends.
connects() {
	"$netns" 40000 40001 -- timeout -s KILL 30 env LD_PRELOAD="$1" "$tmp/ask" 2>/dev/null
}

# usage: shim PACKAGE LIBRARY EFFECT WANT REPAIRED SETTING...
#   PACKAGE      the one with the library; or several, as releases of Debian differ
#   EFFECT WANT  the function that prints the library's effect, and its expected output
#   REPAIRED     yes: the library passes the call on
#                behind: it passes the call to libc, skipping libraries behind it (torsocks finds libc
#                by dlopen()), so it must be behind the shim
#                no: HOW  it replaces the call; HOW is the result
shim() {
	packages=$1 file=$2 effect=$3 want=$4 repaired=$5 other=
	shift 5
	for package in $packages; do
		! package_of "$package" || other=$(find "$archive/$package" -name "$file" | head -n 1)
		[ -z "$other" ] || break
	done
	if [ -z "$other" ]; then
		tap_skip "$file" "it is not available"
		return
	fi
	name=${file%%.so*}
	# shellcheck disable=SC2163 # NAME=VALUE
	[ $# -eq 0 ] || export "$@"
	tap_is "$($effect "")" "$none" "$name: its effect is not there without it"
	tap_is "$($effect "$other")" "$want" "$name: by itself it has its effect"
	tap_is "$($effect "$library $other")" "$want" "$name: so it has behind the shim"
	tap_is "$($effect "$other $library")" "$want" "$name: and in front of it"
	case $repaired in
	yes) alone=itself behind='Connection refused' front='Connection refused' ;;
	behind) alone=itself behind='Connection refused' front=itself ;;
	no*) alone=${repaired#no: } behind=$alone front=$alone ;;
	esac
	tap_is "$(connects "$other")" "$alone" "$name: by itself it ends a connect to oneself with: $alone"
	tap_is "$(connects "$library $other")" "$behind" "$name: behind the shim: $behind"
	tap_is "$(connects "$other $library")" "$front" "$name: in front of it: $front"
	for setting; do
		unset "${setting%%=*}"
	done
}

printf 'strict_chain\nquiet_mode\nlocalnet 127.0.0.0/255.0.0.0\n[ProxyList]\nsocks4 127.0.0.1 1080\n' >"$tmp/localnet.conf"
printf 'strict_chain\nquiet_mode\n[ProxyList]\nsocks4 127.0.0.1 1080\n' >"$tmp/all.conf"
printf 'strict_chain\nquiet_mode\n[ProxyList]\nsocks4 127.0.0.1 40000\n' >"$tmp/dead.conf"
printf 'TorPort 1080\nAllowOutboundLocalhost 1\n' >"$tmp/through.conf"
printf 'TorPort 1080\nAllowOutboundLocalhost 0\n' >"$tmp/refused.conf"
chmod 644 "$tmp"/*.conf
printf 'local = 127.0.0.0/255.0.0.0\nserver = 127.0.0.1\nserver_port = 1080\nserver_type = 4\n' >"$tmp/tsocks.conf"

none=$(date -u +%Y)
shim libfaketime libfaketime.so.1 the_year 2001 yes 'FAKETIME=@2001-02-03 04:05:06'
none=1
shim libeatmydata1 'libeatmydata.so.1' syncs 0 yes
none=0
shim libkeepalive0 libkeepalive.so keepalive 1 yes
none=
shim libjemalloc2 libjemalloc.so.2 statistics "Begin jemalloc statistics" yes
none=nothing
shim tsocks 'libtsocks.so.1*' proxied 0401 yes "TSOCKS_CONF_FILE=$tmp/tsocks.conf"
shim 'torsocks libtorsocks' libtorsocks.so.0 proxied 0501 behind "TORSOCKS_CONF_FILE=$tmp/through.conf"
shim 'torsocks libtorsocks' libtorsocks.so.0 proxied 0501 "no: Operation not permitted" "TORSOCKS_CONF_FILE=$tmp/refused.conf"
shim libproxychains4 libproxychains.so.4 proxied 0401 yes "PROXYCHAINS_CONF_FILE=$tmp/localnet.conf"
shim libproxychains4 libproxychains.so.4 proxied 0401 "no: Connection refused" "PROXYCHAINS_CONF_FILE=$tmp/all.conf"
none='data by socket 3'
shim libsocket-wrapper 'libsocket_wrapper.so' over_unix 'data by socket 0' 'no: Connection refused' "SOCKET_WRAPPER_DIR=$tmp/wrapped"

# A proxy library's own connection to a dead proxy on a port in the ephemeral range. A shim before
# it sees a connection to 192.0.2.1.
other=$(find "$archive/libproxychains4" -name libproxychains.so.4)
# usage: to_dead_proxy PRELOAD
# Prints the number of repairs.
to_dead_proxy() {
	: >"$tmp/log"
	"$netns" 40000 40001 -- timeout -s KILL 20 env LD_PRELOAD="$1" PROXYCHAINS_CONF_FILE="$tmp/dead.conf" \
		NOSELFCONN_LOG="$tmp/log" python3 -c 'import socket; socket.socket().connect(("192.0.2.1", 80))' 2>/dev/null || :
	grep -c 'address=127.0.0.1:40000 action=re' "$tmp/log" || :
}
tap_is "$(to_dead_proxy "$other $library")" 1 "proxychains before the shim does not connect to itself as its proxy"
tap_is "$(to_dead_proxy "$library $other")" 0 "limit: proxychains behind the shim does"

${CC:-cc} -shared -fPIC -o "$tmp/syscall.so" "$srcdir/tests/neighbours/other_syscall.c"
if ${CC:-cc} -E -I"$srcdir/src/shim" -include raw_syscall.h - </dev/null | grep -q 'long result'; then
	for preload in "$library $tmp/syscall.so" "$tmp/syscall.so $library"; do
		tap_is "$(connects "$preload")" "Connection refused" "syscall(2) may be interposed, by ${preload##*/} in the end"
	done
else
	echo "# no way past syscall(2) on this machine: src/shim/raw_syscall.h does not know it"
fi

# usage: sanitized PROGRAM PRELOAD [SETTING]
# Prints how its call ended, and whether its bug was found.
sanitized() {
	"$netns" 40000 40001 -- timeout -s KILL 60 env LD_PRELOAD="$2" ASAN_OPTIONS="detect_leaks=0:${3-}" "$1" 2>&1 |
		grep -oE '^Connection refused|^connected|heap-buffer-overflow on|does not come first' | tr '\n' ' '
}
found='Connection refused heap-buffer-overflow on '
asan=$(gcc -print-file-name=libasan.so)
gcc -fsanitize=address -o "$tmp/shared" "$srcdir/tests/neighbours/overflow.c"
gcc -fsanitize=address -static-libasan -o "$tmp/static" "$srcdir/tests/neighbours/overflow.c"
tap_is "$(sanitized "$tmp/shared" "")" "connected heap-buffer-overflow on " "libasan: finds a bug without the shim"
tap_is "$(sanitized "$tmp/static" "$library")" "$found" "libasan: linked into the program, with the shim"
tap_is "$(sanitized "$tmp/shared" "$asan $library")" "$found" "libasan: before the shim"
tap_is "$(sanitized "$tmp/shared" "$library")" "does not come first " "limit: libasan: refuses to be behind any other library"
tap_is "$(sanitized "$tmp/shared" "$library" verify_asan_link_order=0)" "$found" "libasan: accepts it with a setting"
tap_done
