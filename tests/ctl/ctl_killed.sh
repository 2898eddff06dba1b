#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl killed in front of each of its system calls: /etc/ld.so.preload is the old file or the
# new one, programs start, and the next run does what it is to do.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"

shim=$lib/libnoselfconn.so other=$lib/libother.so
${CC:-cc} -shared -nostdlib -o "$machine$other" -x c /dev/null

if ! command -v strace >/dev/null || ! strace -o /dev/null true 2>/dev/null; then
	tap_skip "killed in front of each system call" "no strace here that works"
	tap_done
	exit 0
fi

# What is there before each run, as set_$before makes it.
set_nothing() {
	rm -f "$preload"
}
set_other() {
	echo "$other" >"$preload"
}
set_enabled() {
	printf '%s\n%s\n' "$shim" "$other" >"$preload"
}
set_only_ours() {
	echo "$shim" >"$preload"
}

content() {
	if [ -e "$preload" ]; then
		stat -c '%a %u:%g' "$preload"
		cat "$preload"
	else
		echo none
	fi
}

# usage: killed_at CALL NUMBER COMMAND: whether it was killed indeed, and what is there then
killed_at() {
	rm -f "$machine/etc/"*
	"set_$before"
	killed_status=0
	strace -o /dev/null -e "trace=$1" -e "inject=$1:signal=KILL:when=$2" \
		"$builddir/noselfconnctl" --root "$machine" "$3" >/dev/null 2>&1 || killed_status=$?
	# strace ends as the one that it traces.
	[ $killed_status -eq 137 ] || echo "# $1 $2: not killed: $killed_status"
	found=$(content)
	[ "$found" = "$old" ] || [ "$found" = "$new" ] || echo "# $1 $2: in between: $found"
	[ "$found" != "$new" ] || echo "$1 $2" >>"$tmp/after"
	[ "$(starts)" = yes ] || echo "# $1 $2: programs do not start: $(starts)"
	"$builddir/noselfconnctl" --root "$machine" "$3" >"$tmp/again" 2>&1 || cat "$tmp/again"
	[ "$(content)" = "$new" ] || echo "# $1 $2: the next run: $(content)"
	case $(ls "$machine/etc") in
	*noselfconn-new*) echo "# $1 $2: the next run has left what the killed one had left" ;;
	esac
}

# usage: killed COMMAND BEFORE
killed() {
	before=$2
	rm -f "$machine/etc/"* "$tmp/after"
	"set_$before"
	old=$(content)
	strace -o "$tmp/calls" "$builddir/noselfconnctl" --root "$machine" "$1" >/dev/null 2>&1
	new=$(content)
	[ "$old" != "$new" ] || exit 99
	# A crash of the machine: what is renamed is on the disk before, and the renaming is afterwards.
	changes=$(grep -oE '^(fsync|renameat|unlinkat)\(.*= 0$' "$tmp/calls" | sed 's/(.*//' | tr '\n' ' ')
	case $changes in
	*'fsync renameat fsync '* | 'unlinkat fsync '*) status=0 ;;
	*) echo "# $changes" && status=1 ;;
	esac
	tap_ok "$status" "$1, before: $before: the file is on the disk before it is in place, the folder after"
	sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$tmp/calls" | grep -vx 'exit_group\|execve' | sort | uniq -c >"$tmp/counts"
	total=0
	while read -r count call; do
		number=1
		while [ $number -le "$count" ]; do
			killed_at "$call" $number "$1"
			number=$((number + 1))
		done
		total=$((total + count))
	done <"$tmp/counts" >"$tmp/found"
	head -n 20 "$tmp/found"
	[ ! -s "$tmp/found" ] && status=0 || status=1
	tap_ok "$status" "$1, before: $before: killed in front of each system call, it is the old file or the new"
	# So that it is known to have been killed on either side of what counts.
	[ -s "$tmp/after" ] && status=0 || status=1
	tap_ok "$status" "$1, before: $before: some of them came after the change"
	[ "$(awk '{ n += $1 } END { print n }' "$tmp/counts")" -gt 20 ] && status=0 || status=1
	tap_ok "$status" "$1, before: $before: there were system calls to be killed at"
}

killed enable nothing
killed enable other
killed disable enabled
killed disable only_ours

tap_done
