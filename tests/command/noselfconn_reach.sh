#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs that noselfconn cannot protect or cannot run: its message and its exit status.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/command/command_lib.sh"
[ -x "$tmp/ask-static" ] || tap_skip_all "no static libc here"
tap_needs_netns
tap_needs setpriv

tail='; it runs unprotected'
not_run='; not run'

# usage: script NAME FIRST-LINE
script() {
	# shellcheck disable=SC2016 # the script expands
	printf '%s\necho script "$0" "$*"\n' "$2" >"$tmp/$1"
	chmod +x "$tmp/$1"
}

# usage: warned PROGRAM REASON NAME
# PROGRAM runs after a warning. With --strict it does not run.
warned() {
	run "$noselfconn" "$1"
	tap_is "$status, $(cat "$tmp/errors")" "0, noselfconn: '$1' $2$tail" "$3: it runs, after a warning"
	run "$noselfconn" --strict "$1"
	tap_is "$status, $(cat "$tmp/out" "$tmp/errors")" "125, noselfconn: '$1' $2$not_run" "$3: not with --strict"
}

# usage: silent STATUS NAME COMMAND [ARG...]
silent() {
	wanted=$1 name=$2
	shift 2
	run "$noselfconn" --strict "$@"
	tap_is "$status, $(cat "$tmp/errors")" "$wanted, " "$name: nothing is said"
}

# usage: fails STATUS ERROR NAME COMMAND
# The error is execve(2)'s, without a warning, and --strict makes no difference.
fails() {
	for strict in '' --strict; do
		run "$noselfconn" ${strict:+"$strict"} "$4"
		tap_is "$status, $(cat "$tmp/errors")" "$1, noselfconn: cannot run '$4': $2" "$3: status $1 ${strict}"
	done
}

# Static programs.
static='is a static program: it has no ld.so that could load a library'
warned "$tmp/ask-static" "$static" "a static program"
if ${CC:-cc} -static-pie -o "$tmp/ask-pie" "$srcdir/tests/lib/ask_plugin.c" 2>/dev/null; then
	warned "$tmp/ask-pie" "$static" "a static program at any address"
else
	tap_skip "a static program at any address" "the compiler makes none"
fi
tap_is "$(in_net "$noselfconn" "$tmp/ask-static" 2>/dev/null)" "itself" "the warning is true of a static program"
cp "$tmp/ask-static" "$tmp/ldap.sock"
warned "$tmp/ldap.sock" "$static" "a static program with a name that is almost ld.so's"
silent 0 "a dynamic program" true
for loader in /lib*/ld-linux*.so* /lib/ld*.so.1 ''; do
	[ ! -x "$loader" ] || "$loader" "$tmp/ask" >/dev/null 2>&1 || continue
	[ -z "$loader" ] || silent 0 "ld.so, run as a program" "$loader" "$tmp/ask"
	break
done

# Scripts.
run_by="is run by '$tmp/ask-static', which $static"
script of-static "#!$tmp/ask-static"
warned "$tmp/of-static" "$run_by" "a script of a static program"
script of-static-2 "#! $tmp/of-static  -x"
warned "$tmp/of-static-2" "$run_by" "a script of a script of it"
script of-env "#!/usr/bin/env ask-static"
PATH=$tmp:$PATH warned "$tmp/of-env" "$run_by" "a script of #!/usr/bin/env and it"
script of-sh '#!/bin/sh'
silent 0 "a script of a dynamic program" "$tmp/of-sh"
script of-none '# a remark'
silent 0 "a script of nobody" "$tmp/of-none" 'a b' c
tap_is "$(cat "$tmp/out")" "script $tmp/of-none a b c" "a script without an interpreter line runs in the shell"
previous=$tmp/ask-static
for depth in 1 2 3 4 5 6; do
	script deep-$depth "#!$previous"
	previous=$tmp/deep-$depth
done
warned "$tmp/deep-5" "$run_by" "as many scripts as the kernel follows"
run "$noselfconn" "$tmp/deep-6"
tap_is "$status, $(tail -n 1 "$tmp/errors")" "126, noselfconn: cannot run '$tmp/deep-6': $(
	# env prints the kernel's own error message.
	env "$tmp/deep-6" 2>&1 | sed 's/.*: //')" "one more is the kernel's to refuse"

# Programs that cannot run.
fails 127 "No such file or directory" "a missing program" "$tmp/missing"
fails 127 "No such file or directory" "one that is not in PATH" no-such-program-anywhere
fails 127 "No such file or directory" "no name at all" ''
ln -s missing "$tmp/dangling"
fails 127 "No such file or directory" "a dangling link" "$tmp/dangling"
script of-missing "#!$tmp/missing"
fails 127 "its interpreter is missing" "a script of a missing program" "$tmp/of-missing"
cp "$tmp/ask-static" "$tmp/not-executable"
chmod -x "$tmp/not-executable"
fails 126 "Permission denied" "a program without permission" "$tmp/not-executable"
PATH=$tmp:$PATH fails 126 "Permission denied" "one in PATH" not-executable
fails 126 "Permission denied" "a directory" "$tmp"
fails 126 "Not a directory" "a path through a file" "$tmp/ask/x"
ln -s loop "$tmp/loop"
fails 126 "Too many levels of symbolic links" "a link to itself" "$tmp/loop"
mkfifo "$tmp/pipe"
chmod +x "$tmp/pipe"
fails 126 "Permission denied" "a named pipe" "$tmp/pipe"
mkdir "$tmp/other"
cp "$tmp/ask" "$tmp/other/not-executable"
PATH=$tmp:$tmp/other:$PATH silent 0 "PATH is searched on behind what may not be run" not-executable
cd "$tmp/other"
PATH=:$PATH silent 0 "an empty word in PATH is the current directory" not-executable
: >"$tmp/empty"
chmod +x "$tmp/empty"
silent 0 "an empty file is a script" "$tmp/empty"

# Programs for other machines, and files with false headers.
# usage: elf NAME FORMAT...
# Makes a file with printf; the header comes first.
elf() {
	name=$1
	shift
	printf '%b' "$@" >"$tmp/$name"
	head -c 200 /dev/zero >>"$tmp/$name"
	chmod +x "$tmp/$name"
}
# usage: foreign PROGRAM ABI
foreign() {
	run "$noselfconn" "$1"
	tap_is "$status, $(sed "s/ the library is for [^;]*;/ the library is for OURS;/" "$tmp/errors")" \
		"126, noselfconn: '$1' is a program for $2, but the library is for OURS$tail
noselfconn: cannot run '$1': Exec format error" "a program for $2: a warning, and status 126"
	run "$noselfconn" --strict "$1"
	tap_is "$status, $(grep -c "is a program for $2,.*$not_run" "$tmp/errors")" "125, 1" \
		"a program for $2: not with --strict"
}
zeros='\0000\0000\0000\0000\0000\0000\0000\0000\0000'
elf narrow '\0177ELF\01\01\01' "$zeros" '\02\00\0064\0022'
foreign "$tmp/narrow" '32-bit machine 4660'
elf big '\0177ELF\02\02\01' "$zeros" '\00\02\0022\0064'
foreign "$tmp/big" '64-bit machine 4660'
script of-foreign "#!$tmp/narrow"
run "$noselfconn" "$tmp/of-foreign"
tap_is "$status, $(grep -c "is run by '$tmp/narrow', which is a program for 32-bit" "$tmp/errors")" "126, 1" \
	"a script of it"

# usage: lies NAME
# A file whose header looks like that of our programs.
lies() {
	chmod +x "$tmp/$1"
	fails 126 "$(env "$tmp/$1" 2>&1 | grep -oE 'Input/output error' || echo 'Exec format error')" "$2" "$tmp/$1"
}
for size in 4 15 17 19 40 63; do
	head -c $size "$tmp/ask" >"$tmp/short"
	lies short "the first $size bytes of a program"
done
# usage: patched OFFSET BYTES
# A program with other bytes in its header.
patched() {
	cp "$tmp/ask" "$tmp/patched"
	printf '%b' "$2" | dd of="$tmp/patched" bs=1 seek="$1" conv=notrunc 2>/dev/null
}
ff='\0377\0377\0377\0377'
if [ "$(od -An -tu1 -j4 -N1 "$tmp/ask")" -eq 2 ]; then
	patched 32 "$ff$ff"
	lies patched "program headers beyond all files"
	patched 32 "$ff\0377\0377\0377\0177"
	lies patched "program headers at the end of the largest file"
	patched 54 '\0377\0377'
	lies patched "program headers of another size"
	patched 56 '\0377\0377'
	lies patched "more program headers than there can be"
else
	tap_skip "offsets that lie" "they are written for 64-bit programs"
fi

# Raised privileges. The file belongs to another user, so that they change for root, too.
suid() {
	findmnt -no OPTIONS -T "$tmp" | grep -qw nosuid
}
secure='so ld.so ignores LD_PRELOAD; use /etc/ld.so.preload, see noselfconnctl(8)'
chmod 755 "$tmp"
if [ "$(id -u)" -ne 0 ]; then
	tap_skip "setuid and setgid programs" "not root"
elif suid; then
	tap_skip "setuid and setgid programs" "$tmp is mounted nosuid"
else
	cp "$tmp/ask" "$tmp/setuid"
	chown 65534 "$tmp/setuid"
	chmod 4755 "$tmp/setuid"
	warned "$tmp/setuid" "is setuid, $secure" "a setuid program"
	tap_is "$(in_net "$noselfconn" "$tmp/setuid" 2>/dev/null)" "itself" "the warning is true of a setuid program"
	cp "$tmp/ask" "$tmp/setgid"
	chgrp 65534 "$tmp/setgid"
	chmod 2755 "$tmp/setgid"
	warned "$tmp/setgid" "is setgid, $secure" "a setgid program"
	tap_is "$(in_net "$noselfconn" "$tmp/setgid" 2>/dev/null)" "itself" "the warning is true of a setgid program"
	script of-setuid "#!$tmp/setuid"
	warned "$tmp/of-setuid" "is run by '$tmp/setuid', which is setuid, $secure" "a script of a setuid program"

	# The file's own user gains no privileges.
	cp "$tmp/ask" "$tmp/own"
	chmod 6755 "$tmp/own"
	silent 0 "a setuid program of one's own" "$tmp/own"
	tap_is "$(in_net "$noselfconn" "$tmp/own")" "Connection refused" "and it is protected"
	script setuid-script '#!/bin/sh'
	chown 65534 "$tmp/setuid-script"
	chmod 4755 "$tmp/setuid-script"
	silent 0 "a setuid script, which the kernel does not heed" "$tmp/setuid-script"
	run setpriv --no-new-privs "$noselfconn" --strict "$tmp/setuid"
	tap_is "$status, $(cat "$tmp/errors")" "0, " "a setuid program that gains no privileges: no warning"
	tap_is "$(in_net setpriv --no-new-privs "$noselfconn" "$tmp/setuid")" "Connection refused" "and it is protected there"
fi

# File capabilities raise nothing for root. So another user runs it, who may be unable to enter the
# build tree.
cp "$tmp/ask" "$tmp/capable"
mkdir -p "$tmp/beside/.libs"
cp "$noselfconn" "$tmp/beside"
cp "$library" "$tmp/beside/.libs"
chmod -R a+rX "$tmp/beside"
PATH=$PATH:/usr/sbin:/sbin
if ! setcap cap_net_raw+p "$tmp/capable" 2>"$tmp/errors"; then
	tap_skip "programs with file capabilities" "$(cat "$tmp/errors")"
elif suid; then
	tap_skip "programs with file capabilities" "$tmp is mounted nosuid"
else
	noselfconn=$tmp/beside/noselfconn
	silent 0 "file capabilities, for root" "$tmp/capable"
	tap_is "$(in_net setpriv --reuid=65534 --clear-groups "$noselfconn" "$tmp/capable" 2>"$tmp/errors"), $(
		cat "$tmp/errors")" \
		"itself, noselfconn: '$tmp/capable' has file capabilities, $secure$tail" \
		"file capabilities: a warning, which is true"
	setcap cap_net_raw+i "$tmp/capable"
	tap_is "$(in_net setpriv --reuid=65534 --clear-groups "$noselfconn" "$tmp/capable" 2>&1)" "Connection refused" \
		"capabilities that are only inherited raise nothing"
fi

# A directory in PATH that other users may not search; root does not notice.
mkdir -m 0 "$tmp/closed"
as_nobody=
[ "$(id -u)" -ne 0 ] || as_nobody='setpriv --reuid=65534 --clear-groups'
# shellcheck disable=SC2086 # words
PATH=$tmp/closed:$PATH run $as_nobody "$tmp/beside/noselfconn" no-such-program-anywhere
tap_is "$status, $(cat "$tmp/errors")" "127, noselfconn: cannot run 'no-such-program-anywhere': No such file or directory" \
	"a directory in PATH that may not be searched has nothing in it"

# Programs that may be executed but not read.
unreadable='cannot be read, so nobody can tell whether the shim works in it'
# usage: as_other ARG...
# Runs noselfconn as a user other than root.
as_other() {
	setpriv --reuid=65534 --clear-groups "$tmp/beside/noselfconn" "$@"
}
if [ "$(id -u)" -ne 0 ]; then
	tap_skip "programs that cannot be read" "not root"
else
	cp "$tmp/ask" "$tmp/unreadable"
	chmod 711 "$tmp/unreadable"
	run as_other --strict "$tmp/unreadable"
	tap_is "$status, $(cat "$tmp/out" "$tmp/errors")" "125, noselfconn: '$tmp/unreadable' $unreadable$not_run" \
		"a program that cannot be read: not with --strict"
	run as_other "$tmp/unreadable"
	tap_is "$status, $(cat "$tmp/errors")" "0, noselfconn: '$tmp/unreadable' $unreadable; it may run unprotected" \
		"a program that cannot be read: it runs, after a warning"
	cp "$tmp/ask" "$tmp/unreadable-setuid"
	chmod 4711 "$tmp/unreadable-setuid"
	run as_other --strict "$tmp/unreadable-setuid"
	tap_is "$status, $(cat "$tmp/out" "$tmp/errors")" "125, noselfconn: '$tmp/unreadable-setuid' is setuid, $secure$not_run" \
		"a setuid program that cannot be read: not with --strict"
fi

run env NOSELFCONN_DISABLE=1 "$noselfconn" echo was run
tap_is "$status, $(cat "$tmp/out" "$tmp/errors")" "0, was run
noselfconn: NOSELFCONN_DISABLE is set$tail" "NOSELFCONN_DISABLE=1: it runs, after a warning"
run env NOSELFCONN_DISABLE=1 "$noselfconn" --strict echo was run
tap_is "$status, $(cat "$tmp/out")" "125, " "NOSELFCONN_DISABLE=1: not with --strict"
tap_done
