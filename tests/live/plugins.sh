#!/bin/sh
# SPDX-License-Identifier: MIT
# Other libraries in the same process, and calls that bypass the shim, which are documented limits.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
tap_needs_netns

build() {
	output=$1
	shift
	${CC:-cc} -o "$tmp/$output" "$@" -ldl
}

build plugin.so -shared -fPIC "$srcdir/tests/lib/plugin.c"
build other.so -shared -fPIC "$srcdir/tests/lib/other_shim.c"
build ask "$srcdir/tests/lib/ask_plugin.c"

# usage: in_net PRELOAD COMMAND...
# Runs the command in a namespace where a connection to 127.0.0.1:40000 is a self-connection.
in_net() {
	preload=$1
	shift
	"$netns" 40000 40001 -- env LD_PRELOAD="$preload" "$@"
}

told() {
	cat "$tmp/told" 2>/dev/null || echo nothing
	rm -f "$tmp/told"
}

tap_is "$(in_net '' "$tmp/ask")" "itself" "without the shim the test's program connects to itself"
tap_is "$(in_net "$library" "$tmp/ask")" "Connection refused" "with it the connection is refused"
tap_is "$(in_net "$library" "$tmp/ask" plugin "$tmp/plugin.so")" "Connection refused" "also in a library that was loaded by dlopen"

for when in constructor destructor; do
	for preload in "$library $tmp/plugin.so" "$tmp/plugin.so $library"; do
		first=${preload%% *}
		in_net "$preload" PLUGIN_CONNECTS=$when PLUGIN_TELLS="$tmp/told" "$tmp/ask" >/dev/null
		tap_is "$(told)" "Connection refused" "refused in another library's $when, with ${first##*/} preloaded first"
	done
done

# Before the shim's constructor has run, each interposed function must initialize the shim itself.
for door in connect sendto sendmsg sendmmsg; do
	in_net "$library $tmp/plugin.so" PLUGIN_CONNECTS=constructor PLUGIN_SENDS=$door PLUGIN_TELLS="$tmp/told" "$tmp/ask" >/dev/null
	tap_is "$(told)" "Connection refused" "$door in another library's constructor, before any other door: guarded, or sends"
done

tap_is "$(in_net "$library $tmp/other.so" OTHER_COUNTS="$tmp/told" "$tmp/ask")" "Connection refused" \
	"refused in front of another shim"
tap_is "$(told)" "2 " "which sees the call and the retry"
tap_is "$(in_net "$tmp/other.so $library" OTHER_COUNTS="$tmp/told" "$tmp/ask")" "Connection refused" \
	"refused behind another shim"
tap_is "$(told)" "1 " "which sees the one call"

for method in replace rewind; do
	tap_is "$(in_net "$library $tmp/other.so" NOSELFCONN_METHOD=$method OTHER_SERVES=beside OTHER_COUNTS="$tmp/told" \
		"$tmp/ask")" "connected" "a server that appears before the retry is reached, $method"
	tap_is "$(told)" "2 listens" "a server with SO_REUSEADDR can bind beside the holder, $method"
	tap_is "$(in_net "$library $tmp/other.so" NOSELFCONN_METHOD=$method OTHER_SERVES=alone OTHER_COUNTS="$tmp/told" \
		"$tmp/ask")" "Connection refused" "a server without SO_REUSEADDR cannot bind beside the holder, $method"
	tap_is "$(told)" "2 Address already in use" "and gets the same error as beside any connection, $method"
done

tap_is "$(in_net "$library" "$tmp/ask" syscall)" "itself" "limit: plain system calls are not interposed"
tap_is "$(in_net "$library" "$tmp/ask" deepbind "$tmp/plugin.so")" "itself" "limit: a library loaded with RTLD_DEEPBIND is not protected"
if build ask-static -static "$srcdir/tests/lib/ask_plugin.c" 2>/dev/null; then
	tap_is "$(in_net "$library" "$tmp/ask-static")" "itself" "limit: a static program is not protected"
else
	tap_skip "limit: a static program is not protected" "no static libc here"
fi
case $(in_net "$library" "$tmp/ask" io_uring) in
itself) tap_ok 0 "limit: io_uring is not protected" ;;
*) tap_skip "limit: io_uring is not protected" "io_uring is not available here" ;;
esac
tap_done
