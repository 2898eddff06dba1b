#!/bin/sh
# SPDX-License-Identifier: MIT
# The settings of /etc/noselfconn.conf, in a namespace where that is a file of the test's own. A bad file changes nothing that a
# program sees.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/etc.sh"
tap_needs_netns

log=$tmp/log
${CC:-cc} -o "$tmp/ask" "$srcdir/tests/lib/ask_plugin.c" -ldl

# usage: ask PREPARE [NAME=VALUE...]   how a connect() to oneself ends
ask() {
	prepare=$1
	shift
	with_etc "$prepare" env LD_PRELOAD="$library" "$@" timeout 20 "$tmp/ask"
}

# usage: write LINE...   the commands that write a file of these lines
write() {
	printf "cat >noselfconn.conf <<'END'\n"
	printf '%s\n' "$@" END
}

# What the log says, a fact for each line: the outcome of a repair, or the mistake.
logged() {
	sed -n 's/.* outcome=/outcome=/p; s/.* \(file=\)/\1/p' "$log" 2>/dev/null || true
	rm -f "$log"
}
refused='Connection refused'

tap_is "$(ask :)" "$refused" "no file: the defaults"
tap_is "$(ask "$(write "log = $log")"), $(logged)" "$refused, outcome=refused" "a log"
tap_is "$(ask "$(write "disable = 1")")" itself "disable leaves the self-connection"
tap_is "$(ask "$(write "disable = 1" "log = $log")"), $(logged)" "itself, " "and logs nothing"
tap_is "$(ask "$(write "retries = 0")")" itself "retries"
tap_is "$(ask "$(write "retries = 0" "give_up = refuse")")" "$refused" "give_up"
ask "$(write "method = rewind" "log = $log")" >/dev/null
tap_is "$(grep -c ' action=rewind ' "$log")" 1 "method"
rm -f "$log"
tap_is "$(ask "$(write "disable = 1" "[program ask]" "disable = 0")")" "$refused" "a section by the program's name"
tap_is "$(ask "$(write "[program $tmp/ask]" "disable = 1")")" itself "by its path"
tap_is "$(ask "$(write "[program /bin/ask]" "disable = 1" "[program as]" "disable = 1")")" "$refused" "not by another one's"

tap_is "$(ask "$(write "disable = 1")" NOSELFCONN_DISABLE=0)" "$refused" "the environment overrides the file"
tap_is "$(ask "$(write "retries = 0" "disable = 1")" NOSELFCONN_DISABLE=0)" itself "key by key"
tap_is "$(ask "$(write "log = $tmp/other")" "NOSELFCONN_LOG=$log"), $(logged), $(ls "$tmp/other" 2>/dev/null)" \
	"$refused, outcome=refused, " "and its log is the log"
tap_is "$(ask "$(write "disable = 1")" NOSELFCONN_DISABLE=)" itself "an empty variable counts as not set"
tap_is "$(ask "$(write "disable = 1")" NOSELFCONN_DISABLE=no)" itself "so does an invalid one"

# usage: bad NAME PREPARE MISTAKE   the program sees nothing of it, and the log of the environment names the mistake
bad() {
	tap_is "$(ask "$2" "NOSELFCONN_LOG=$log")
$(logged)" "$refused
outcome=refused
file=/etc/noselfconn.conf $3" "$1"
	tap_is "$(ask "$2")" "$refused" "$1, without a log"
}
ignored='; the file is ignored"'
unlucky='disable = 1'
bad "mode 0666" "$(write "$unlucky")
chmod 666 noselfconn.conf" "mistakes=1 error=\"writable by others than root$ignored"
bad "a FIFO" "mkfifo noselfconn.conf" "mistakes=1 error=\"not a regular file$ignored"
bad "a directory" "mkdir noselfconn.conf" "mistakes=1 error=\"not a regular file$ignored"
bad "a link" "$(write "$unlucky")
mv noselfconn.conf real
ln -s real noselfconn.conf" "mistakes=1 error=\"not a regular file$ignored"
bad "a link to nowhere" "ln -s nowhere noselfconn.conf" "mistakes=1 error=\"not a regular file$ignored"
bad "10 MB" "$(write "$unlucky")
yes '$unlucky' | head -c 10000000 >>noselfconn.conf" "mistakes=1 error=\"larger than 64 KiB$ignored"
bad "a NUL byte" "printf 'disable = 1\\0\\n' >noselfconn.conf" 'line=1 mistakes=1 error="a control character"'
bad "only NUL bytes" "head -c 65536 /dev/zero >noselfconn.conf" 'line=1 mistakes=1 error="longer than 255 bytes"'
bad "a binary" "head -c 20000 '$tmp/ask' | tr -d '\\n' >noselfconn.conf" 'line=1 mistakes=1 error="longer than 255 bytes"'
if [ "$(id -u)" -eq 0 ]; then
	bad "a file of a user" "$(write "$unlucky")
chown 1000 noselfconn.conf" "mistakes=1 error=\"not owned by root$ignored"
	bad "a device" "mknod noselfconn.conf c 1 9" "mistakes=1 error=\"not a regular file$ignored"
	chmod 755 "$tmp"
	install -m 644 "$library" "$tmp/shim.so"
	: >"$log"
	chmod 666 "$log"
	if ! command -v setpriv >/dev/null; then
		tap_skip "a file that a user may not read" "no setpriv here"
	else
		tap_is "$(with_etc "$(write "$unlucky")
chmod 600 noselfconn.conf" setpriv --reuid=65534 --clear-groups env LD_PRELOAD="$tmp/shim.so" NOSELFCONN_LOG="$log" "$tmp/ask")
$(logged)" "$refused
outcome=refused
file=/etc/noselfconn.conf mistakes=1 error=\"cannot be read$ignored" "a file that a user may not read"
	fi
	tap_is "$(with_etc "$(write "$unlucky")" unshare --user env LD_PRELOAD="$library" NOSELFCONN_LOG="$log" "$tmp/ask")
$(logged)" "$refused
outcome=refused
file=/etc/noselfconn.conf mistakes=1 error=\"not owned by root$ignored" "a user namespace where root is nobody"
else
	tap_skip "files of others" "not root"
fi

# Each line alone, before one that counts.
while IFS='|' read -r line mistake; do
	tap_is "$(ask "$(write "$line" "log = $log")"), $(logged)" "$refused, outcome=refused
file=/etc/noselfconn.conf line=1 mistakes=1 error=\"$mistake\"" "the line '$line'"
done <<'END'
disable|neither 'key = value' nor '[program NAME]' nor a comment
disable = yes|the value is not 0 or 1
retries = 1000|the value is not a whole number from 0 to 100
retries = -1|the value is not a whole number from 0 to 100
method = magic|the value is not auto, prevent, replace or rewind
give_up = never|the value is not relent or refuse
log = stderr|the value is not off, syslog or an absolute path
log = relative|the value is not off, syslog or an absolute path
NOSELFCONN_DISABLE = 1|unknown key
= 1|unknown key
END
tap_is "$(ask "$(write "log = $log" "[programs ask]" "disable = 1" "[program bin/ask]" "disable = 1")"), $(logged)" \
	"$refused, outcome=refused
file=/etc/noselfconn.conf line=2 mistakes=2 error=\"a section starts with '[program NAME]'; its lines are ignored\"" \
	"sections that are none"
tap_is "$(ask "$(write "log = $tmp/none/log")")" "$refused" "a log that cannot be opened"

if ! command -v python3 >/dev/null; then
	tap_skip "what a process does that connects again" "no python3 here"
else
	# usage: python PREPARE PROGRAM   with connect(), which returns how it ended, and write(TEXT), which writes the file
	python() {
		with_etc "$1" env LD_PRELOAD="$library" timeout 60 python3 -c "
import fcntl, os, signal, socket, time
def connect():
    with socket.socket() as s:
        try:
            s.connect(('127.0.0.1', 40000))
            return 'itself'
        except ConnectionRefusedError:
            return 'refused'
def write(text):
    with open('/etc/noselfconn.conf', 'w') as f:
        f.write(text)
$2"
	}
	tap_is "$(python : '
print(connect())
write("disable = 1\n")
print(connect())
os.unlink("/etc/noselfconn.conf")
print(connect())' | xargs)" "refused itself refused" "a change counts from the next repair on"
	rm -f "$log"
	python "$(write "log = $log")" '
for i in range(100):
    connect()
time.sleep(1.1)
connect()'
	tap_is "$(awk '{ n++ } sub(/.* left_out=/, "") { n += $0 } END { print n }' "$log")" 101 \
		"no repair is lost: each has a line, or is counted as left out"
	tap_ok "$(awk 'END { print !(NR < 101) }' "$log")" "not every one of 100 has a line"
	rm -f "$log"
	python "$(write "log = $log")" '
for i in range(100):
    connect()
if os.fork() == 0:
    time.sleep(1.1)
    connect()
    os._exit(0)
os.wait()'
	tap_is "$(sed -n '$s/.*outcome=//p' "$log")" refused "a child does not report what its parent left out"
	rm -f "$log"
	tap_is "$(python "$(write "disable = 1")" '
f = os.open("/etc/noselfconn.conf", os.O_WRONLY)
signal.signal(signal.SIGIO, signal.SIG_IGN)
fcntl.fcntl(f, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print(connect())')" refused "a lease, for which an open() would wait: the defaults"
	rm -f "$log"
	python "$(write "log = $log" "method = prevent")" '
for i in range(3):
    connect()'
	lines=$(grep -c '' "$log")
	rm -f "$log"
	python "$(write "log = $log")" '
os.environ["NOSELFCONN_METHOD"] = "prevent"
os.execvp("python3", ["python3", "-c", "import socket\nfor i in range(3):\n    s = socket.socket()\n    s.connect_ex((\"127.0.0.1\", 40000))\n    s.close()"])'
	if [ -s "$log" ]; then
		tap_skip "prevent in the file" "this kernel has no IP_LOCAL_PORT_RANGE"
	else
		tap_is "$lines" 1 "prevent in the file: nothing is left to repair after the first repair"
	fi
	rm -f "$log"
fi
tap_done
