#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs that enter a sandbox or give up privileges after their start behave the same with the
# shim as without it. Known limit: a sandbox that kills for a system call of the shim kills the
# program. NOSELFCONN_DISABLE=1 avoids that.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/unpack.sh
. "$srcdir/tests/lib/unpack.sh"
archive=$builddir/archive

${CC:-cc} -o "$tmp/sandboxed" "$srcdir/tests/sandboxes/sandboxed.c"
${CC:-cc} -o "$tmp/ask" "$srcdir/tests/lib/ask_plugin.c" -ldl

# usage: sandboxed VARIABLE=VALUE... -- ARG...
sandboxed() {
	variables=
	while [ "$1" != -- ]; do
		variables="$variables $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # several
	"$netns" 40000 40001 -- timeout -s KILL 30 env $variables "$tmp/sandboxed" "$@"
}
shim=LD_PRELOAD=$library

for case in served outside local; do
	tap_is "$(sandboxed -- kill $case)" connected "strict sandbox, $case: connected without the shim"
	tap_is "$(sandboxed "$shim" NOSELFCONN_DISABLE=1 -- kill $case)" connected "connected with the shim disabled, $case"
	tap_is "$(sandboxed "$shim" -- errno $case)" connected "connected where the sandbox answers by an error, $case"
done
tap_is "$(sandboxed "$shim" -- errno itself)" itself "the self-connection stays if the sandbox answers by an error"
tap_is "$(sandboxed "$shim" NOSELFCONN_DISABLE=1 -- kill itself)" itself "the self-connection stays if the shim is disabled"
tap_is "$(sandboxed "$shim" -- kill local)" connected "the shim makes no system calls for another family"

# The system calls that doc/REACH.md lists: $look for every connect(), $undo for a rewind. A rewind
# calls ppoll only while a connection is still being made, which never happens here.
look='rt_sigprocmask openat statfs read close'
undo='statx getsockname getpeername getsockopt setsockopt fcntl socket bind'
# shellcheck disable=SC2086 # several
allowed() {
	case=$1
	shift
	sandboxed "$shim" NOSELFCONN_METHOD=rewind -- kill "$case" "$@"
}
# shellcheck disable=SC2086
{
	tap_is "$(allowed outside $look)" connected "outside the range, a sandbox must allow: $look"
	tap_is "$(allowed served $look getsockname)" connected "inside the range, also getsockname"
	tap_is "$(allowed itself $look $undo)" "Connection refused" "to rewind: $undo"
	tap_is "$(sandboxed "$shim" -- kill itself $look $undo waitid prctl)" "Connection refused" \
		"with the default settings, waitid and prctl as well"
}
without() {
	echo "$2" | sed "s/$1//"
}
for call in $look; do
	# shellcheck disable=SC2046 # several
	tap_is "$(allowed outside $(without "$call" "$look"))" "killed by SIGSYS" "limit: a sandbox that kills for $call"
done
for call in $undo; do
	# shellcheck disable=SC2046,SC2086
	tap_is "$(allowed itself $look $(without "$call" "$undo"))" "killed by SIGSYS" "limit: in a repair, for $call"
done
for call in getsockname $look; do
	documented=$(sed -n '/^## Sandboxes/,/^## /p' "$srcdir/doc/REACH.md" | grep -c "\`$call\`" || :)
	tap_is "$((documented > 0))" 1 "doc/REACH.md lists $call"
done

# Dropped privileges and other root directories.
# usage: connects COMMAND...
connects() {
	"$netns" 40000 40001 -- timeout -s KILL 30 "$@" 2>&1
}
cp "$library" "$tmp/shim.so"
chmod 755 "$tmp" "$tmp/shim.so"
mkdir "$tmp/root"
for file in $(ldd "$tmp/ask" | grep -o '/[^ ]*') "$tmp/ask" "$tmp/shim.so"; do
	mkdir -p "$tmp/root${file%/*}"
	cp -L "$file" "$tmp/root$file"
done
# usage: protected NAME COMMAND...
# COMMAND runs $tmp/ask through env.
protected() {
	name=$1
	shift
	tap_is "$(connects "$@" env LD_PRELOAD= "$tmp/ask")" itself "$name: without the shim itself"
	tap_is "$(connects "$@" env LD_PRELOAD="$tmp/shim.so" "$tmp/ask")" "Connection refused" "$name: with it refused"
}
if [ "$(id -u)" -eq 0 ]; then
	protected "another user, no capabilities" setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all --
	tap_is "$(connects env LD_PRELOAD="$tmp/shim.so" chroot "$tmp/root" "$tmp/ask")" "Connection refused" \
		"a chroot without /proc: with it refused"
	tap_is "$(connects chroot "$tmp/root" "$tmp/ask")" itself "a chroot without /proc: without the shim itself"
else
	tap_skip "another user, no capabilities" "not root"
	tap_skip "a chroot without /proc" "not root"
fi
protected "no new privileges" setpriv --no-new-privs --
# User namespaces are not available in a chroot or where the machine forbids them.
user_namespaces=yes
unshare --user true 2>/dev/null || user_namespaces=no
if [ $user_namespaces = yes ]; then
	protected "a user namespace of its own" unshare --user --map-user=1000 --
else
	tap_skip "a user namespace of its own" "none can be made here"
fi

# Real programs.
# usage: program PACKAGE FILE
# Sets $program to the machine's copy or an unpacked one. Fails if it cannot run here.
program() {
	program=$(command -v "${2##*/}") || {
		package_of "$1" || return 1
		program=$archive/$1/$2
	}
	ldd "$program" >"$tmp/ldd"
	! grep 'not found' "$tmp/ldd"
}
# usage: missing NAME
missing() {
	tap_skip "$1" "the program or a library that it needs is not available"
}

if [ $user_namespaces = no ]; then
	tap_skip bwrap "no user namespace can be made here"
elif program bubblewrap usr/bin/bwrap; then
	protected bwrap "$program" --ro-bind / / --dev /dev --unshare-user --unshare-pid --cap-drop ALL --
else
	missing bwrap
fi

# Debian starts chronyd with -F 1, which kills it for any unknown system call. Its server is in
# another process.
# usage: chrony PORT [VARIABLE=VALUE...]
# Prints whether chronyd sent a request, and its exit status.
chrony() {
	port=$1
	shift
	"$netns" 40000 40001 -- env CHRONYD="$program" PORT="$port" PIDFILE="$tmp/chrony.pid" python3 - "$@" <<-'PYTHON'
		import os, signal, socket, subprocess, sys
		server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		server.bind(("127.0.0.1", int(os.environ["PORT"])))
		server.settimeout(10)
		chronyd = subprocess.Popen(["env", *sys.argv[1:], os.environ["CHRONYD"], "-d", "-x", "-u", "root", "-F", "1",
		    "server 127.0.0.1 port %s iburst" % os.environ["PORT"], "cmdport 0", "port 0", "bindcmdaddress /",
		    "pidfile " + os.environ["PIDFILE"]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		try:
		    asked = len(server.recv(512)) > 0
		except TimeoutError:
		    asked = False
		try:
		    chronyd.wait(0.5)
		except subprocess.TimeoutExpired:
		    chronyd.terminate()
		print("asked" if asked else "silent", chronyd.wait(20))
	PYTHON
}
if program chrony usr/sbin/chronyd; then
	for port in 123 40000; do
		tap_is "$(chrony $port)" "asked 0" "chronyd -F 1, server on port $port: without the shim"
		tap_is "$(chrony $port "$shim")" "asked 0" "chronyd -F 1, server on port $port: the same with it"
	done
else
	missing "chronyd -F 1"
fi

# tor connects to its bridge. Its sandbox answers unknown calls with EPERM.
# usage: ask_tor SANDBOX [VARIABLE=VALUE...]
# Prints the first log message about the connection.
ask_tor() {
	rm -rf "$tmp/tor" "$tmp/tor.log"
	printf '%s\n' 'SocksPort 0' "Sandbox $1" 'UseBridges 1' 'Bridge 127.0.0.1:40000' 'Log info stdout' \
		"DataDirectory $tmp/tor" >"$tmp/torrc"
	shift
	# shellcheck disable=SC2016 # the inner shell expands
	"$netns" 40000 40001 -- timeout -s KILL 60 sh -euc '
		program=$1 directory=$2
		shift 2
		env "$@" "$program" -f "$directory/torrc" --defaults-torrc /dev/null >"$directory/tor.log" 2>&1 &
		until grep -qE "error while handshaking|onnection refused" "$directory/tor.log"; do
			kill -0 $! || exit
			sleep 0.1
		done
		# A milder signal may not work inside the sandbox.
		kill -KILL $!
		wait $!' sh "$program" "$tmp" "$@" 2>/dev/null || :
	grep -oE 'error while handshaking|onnection refused' "$tmp/tor.log" | head -n 1
}
package_of libevent-2.1-7 || :
LD_LIBRARY_PATH=$archive/libevent-2.1-7/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH
if program tor usr/bin/tor; then
	tap_is "$(ask_tor 0)" "error while handshaking" "tor: without the shim it connects to itself"
	tap_is "$(ask_tor 0 "$shim")" "onnection refused" "tor: with it refused"
	tap_is "$(ask_tor 1)" "error while handshaking" "tor in its sandbox: without the shim it connects to itself"
	tap_is "$(ask_tor 1 "$shim")" "error while handshaking" "limit: tor in its sandbox: the same with it"
else
	missing tor
fi
tap_done
