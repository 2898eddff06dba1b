#!/bin/sh
# SPDX-License-Identifier: MIT
# What the person who runs a program can make the shim do through the environment. In a setuid,
# setgid or file-capability program: nothing. In any other: append a line to a file that the program
# itself could append to.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
tap_needs_netns

${CC:-cc} -o "$tmp/ask" "$srcdir/tests/lib/ask_plugin.c" -ldl
settings='NOSELFCONN_DISABLE=1 NOSELFCONN_RETRIES=0 NOSELFCONN_METHOD=rewind NOSELFCONN_GIVE_UP=relent NOSELFCONN_LOG=/mnt/log'

# usage: run_as_nobody KIND
# Makes a self-connection as nobody, under /etc/ld.so.preload and with every setting. KIND is plain,
# setuid, setgid or capability. Leaves the program's output in $tmp/said and its file accesses in
# $tmp/trace.
# shellcheck disable=SC2016 # the inner shell expands
run_as_nobody() {
	rm -f "$tmp/said" "$tmp/trace" "$tmp/left"
	unshare --mount sh -euc '
		kind=$1 tmp=$2 netns=$3 library=$4 settings=$5
		mount -t tmpfs -o mode=1777 none /mnt
		install "$tmp/ask" "$library" /mnt
		case $kind in
		setuid) chmod 4755 /mnt/ask ;;
		setgid) chmod 2755 /mnt/ask ;;
		capability) setcap cap_net_bind_service+ep /mnt/ask ;;
		esac
		cp -a /etc /mnt/etc
		rm -f /mnt/etc/noselfconn.conf
		echo /mnt/libnoselfconn.so >/mnt/etc/ld.so.preload
		mount --bind /mnt/etc /etc
		for setting in $settings; do
			set -- "$@" -E "$setting"
		done
		shift 5
		"$netns" 40000 40001 -- strace -qq -u nobody -o "$tmp/trace" -s 200 -e trace=%file,write,sendto,connect,socket "$@" /mnt/ask
		ls /mnt
	' sh "$1" "$tmp" "$netns" "$library" "$settings" >"$tmp/said" 2>"$tmp/errors" || sed 's/^/# /' "$tmp/errors"
}

# Prints the files that it opened after the program's start, except libraries: "PATH FLAGS".
opened() {
	sed -n 's/^open[a-z0-9]*(\([A-Z_0-9]*, \)\{0,1\}"\([^"]*\)", \([A-Z_|]*\).*/\2 \3/p' "$tmp/trace" |
		grep -vE '^(/etc/ld\.so\.(preload|cache)|/mnt/libnoselfconn\.so|/[^ ]*/lib[a-z]*\.so\.[0-9]+) O_RDONLY\|O_CLOEXEC$' | sort -u
}

# Prints its other uses of paths, its writes and its connections, each once: "CALL WHAT".
did() {
	sed -n 's/^\(write\)(\([0-9]*\), .*/\1 \2/p
		s/^\(connect\)([0-9]*, {sa_family=\([A-Z_0-9]*\).*/\1 \2/p
		s/^\(socket\)(\([A-Z_0-9]*\), .*/\1 \2/p
		s/^\(sendto\)(.*/\1/p
		s/^\(unlink\|rename\|mkdir\|creat\|chmod\|chown\|truncate\|link\|symlink\|mknod\)[a-z0-9]*(.*/\1/p' "$tmp/trace" | sort -u
}

# Opening /proc comes first; nothing below it can block or be a link.
proc='/proc O_RDONLY|O_NOFOLLOW|O_CLOEXEC|O_PATH|O_DIRECTORY' flags='O_RDONLY|O_NOCTTY|O_NONBLOCK|O_NOFOLLOW|O_CLOEXEC'
looks="$proc
self/fd $flags|O_DIRECTORY
self/stat $flags
sys/net/ipv4/ip_local_port_range $flags"

if [ "$(id -u)" -ne 0 ]; then
	tap_skip "programs with privileges" "not root"
elif ! strace -qq -u nobody -o /dev/null true 2>/dev/null; then
	tap_skip "programs with privileges" "no strace here, or it may not trace"
else
	run_as_nobody plain
	tap_is "$(head -n 1 "$tmp/said")" itself "a plain program takes the settings: NOSELFCONN_DISABLE"
	settings=${settings#* }
	run_as_nobody plain
	tap_is "$(opened)" "/mnt/log O_WRONLY|O_CREAT|O_NOCTTY|O_APPEND|O_NONBLOCK|O_NOFOLLOW|O_CLOEXEC
$proc
sys/net/ipv4/ip_local_port_range $flags" \
		"NOSELFCONN_LOG: opened without following links, getting a terminal, blocking or truncating"
	settings="NOSELFCONN_DISABLE=1 $settings"
	for kind in setuid setgid capability; do
		run_as_nobody $kind
		tap_is "$(head -n 1 "$tmp/said")" "Connection refused" "$kind: protected, whatever the environment says"
		tap_is "$(opened)" "$looks" "$kind: no file is opened but those of /proc, to be read"
		tap_is "$(did)" "connect AF_INET
connect AF_UNSPEC
socket AF_INET
write 1" "$kind: nothing is written but by the program, and no log daemon spoken to"
		tap_is "$(sed 1d "$tmp/said" | tr '\n' ' ')" "ask etc libnoselfconn.so " "$kind: no file is made"
	done
fi

# Other kinds of files that NOSELFCONN_LOG may name. unit_report_file.c tests regular files, links
# and FIFOs.
# usage: ask LOG
ask() {
	"$netns" 40000 40001 -- env LD_PRELOAD="$library" NOSELFCONN_LOG="$1" timeout 20 "$tmp/ask"
}

mkdir "$tmp/directory"
tap_is "$(ask "$tmp/directory")" "Connection refused" "a directory as a log"
tap_is "$(ask /dev/full)" "Connection refused" "a device that cannot be written, as a log"
ln -s "$tmp/nowhere" "$tmp/dangling"
tap_is "$(ask "$tmp/dangling"), $(ls "$tmp/nowhere" 2>/dev/null)" "Connection refused, " "a dangling link as a log: no file is created"
printf 'as it was\n' >"$tmp/precious"
ln "$tmp/precious" "$tmp/hard"
tap_is "$(ask "$tmp/hard"), $(head -n 1 "$tmp/precious"), $(wc -l <"$tmp/precious")" "Connection refused, as it was, 2" \
	"a hard link as a log: appended to, not truncated"

# usage: session HOW
# Runs `HOW` in a session without a terminal, with a terminal as its log. Prints the session's
# terminal afterwards, and the terminal's output.
session() {
	"$netns" 40000 40001 -- env how="$1" LD_PRELOAD= library="$library" python3 -c '
import os, subprocess, sys
master, slave = os.openpty()
inner = """
import os, socket
try:
    if os.environ["how"] == "open":
        os.open(os.environ["NOSELFCONN_LOG"], os.O_RDWR)
    socket.create_connection(("127.0.0.1", 40000))
except ConnectionRefusedError:
    print("refused", end=", ")
try:
    os.open("/dev/tty", os.O_RDONLY)
    print("a terminal", end=", ")
except OSError:
    print("none", end=", ")
"""
environment = dict(os.environ, LD_PRELOAD=os.environ["library"], NOSELFCONN_LOG=os.ttyname(slave))
sys.stdout.write(subprocess.run([sys.executable, "-c", inner], env=environment, start_new_session=True,
                                stdout=subprocess.PIPE, universal_newlines=True).stdout)
print(os.read(master, 1000).decode().count("outcome=refused"))'
}

if ! command -v python3 >/dev/null; then
	tap_skip "a terminal as a log" "no python3 here"
else
	tap_is "$(session connect)" "refused, none, 1" "a terminal as a log is written to and does not become the controlling terminal"
	tap_is "$(session open)" "refused, a terminal, 1" "a terminal opened without O_NOCTTY does become the controlling terminal"
fi
tap_done
