#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl scan: names the shield that would have prevented a self-connection, for each kind of
# program.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/ctl/ctl_lib.sh"

ctl=$builddir/noselfconnctl
[ -x "$ctl" ] || tap_skip_all "noselfconnctl has not been built: no static libc"
if [ -z "${NSC_OWN_NET-}" ]; then
	tap_needs python3
	tap_needs_netns
	"$netns" 40000 40001 -- env NSC_OWN_NET=1 sh "$0"
	exit
fi

# A client that connects to itself on purpose, from a port that it has bound, until its input ends.
cat >"$tmp/itself.c" <<'END'
#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(40001)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), reuse = 1;

	inet_pton(AF_INET, "127.0.0.1", &own.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
	if (bind(fd, (void *)&own, sizeof own) || connect(fd, (void *)&own, sizeof own))
		return 1;
	puts("ready");
	fflush(stdout);
	return read(STDIN_FILENO, &own, 1) < 0;
}
END

# usage: scan_of PROGRAM [ENVIRONMENT...]
# Sets says and shields to scan's output about it, as text and as JSON.
scan_of() {
	program=$1
	shift
	mkfifo "$tmp/input"
	exec 9<>"$tmp/input"
	: >"$tmp/ready"
	env "$@" "$program" <"$tmp/input" >"$tmp/ready" 9>&- &
	pid=$!
	while ! grep -q ready "$tmp/ready"; do
		kill -0 "$pid" || exit 99
		sleep 0.05
	done
	says=$("$ctl" scan) || :
	shields=$("$ctl" scan --json | json_of '[(o["kind"], o["prevented_by"]) for s in j["self_connections"] for o in s["owners"]]')
	echo >&9
	exec 9>&-
	wait "$pid"
	rm "$tmp/input"
}

${CC:-cc} -o "$tmp/dynamic" "$tmp/itself.c"
scan_of "$tmp/dynamic"
tap_says "^  dynamic (pid $pid) does not have the library: 'noselfconnctl enable' or " "a dynamic program: enable"
tap_is "$shields" "[('dynamic', ['library', 'firewall'])]" "a dynamic program: JSON"
scan_of "$tmp/dynamic" "LD_PRELOAD=$library"
tap_says "^  dynamic (pid $pid) has the library, but connected on purpose or without libc: only " "a program with the library"
tap_is "$shields" "[('protected', ['firewall'])]" "a program with the library: JSON"
if ${CC:-cc} -static -o "$tmp/static" "$tmp/itself.c" 2>/dev/null; then
	scan_of "$tmp/static"
	tap_says "^  static (pid $pid) is static: only 'noselfconnctl firewall on' would have prevented it" "a static program: the rule"
	tap_is "$shields" "[('static', ['firewall'])]" "a static program: JSON"
else
	tap_skip "a static program" "no static libc"
fi
if musl-gcc -o "$tmp/musl" "$tmp/itself.c" 2>/dev/null; then
	scan_of "$tmp/musl"
	tap_says "^  musl (pid $pid) does not have the library: 'noselfconn COMMAND' or " "musl: not enable"
	tap_is "$shields" "[('musl', ['library', 'firewall'])]" "musl: JSON"
else
	tap_skip "a program for musl" "no musl-gcc"
fi
tap_done
