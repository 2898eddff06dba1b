#!/bin/sh
# SPDX-License-Identifier: MIT
# Kills noselfconnctl before each system call that may change a file. Afterwards /etc/ld.so.preload
# is the old file or the new one, programs start, and the next run succeeds.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"
tap_needs_strace

shim=$lib/libnoselfconn.so other=$lib/libother.so
${CC:-cc} -shared -nostdlib -o "$machine$other" -x c /dev/null

# set_$before makes the file that exists before each run.
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

# usage: killed_at CALL NUMBER COMMAND
# Prints what is wrong after a kill there.
killed_at() {
	rm -f "$machine/etc/"*
	"set_$before"
	killed_status=0
	strace -o /dev/null -e "trace=$1" -e "inject=$1:signal=KILL:when=$2" \
		"$builddir/noselfconnctl" --root "$machine" "$3" >/dev/null 2>&1 || killed_status=$?
	# strace ends with the status of the traced program.
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
	# The machine may crash. The new file must be on the disk before the rename, and the rename
	# soon after.
	changes=$(grep -oE '^(fsync|renameat|unlinkat)\(.*= 0$' "$tmp/calls" | sed 's/(.*//' | tr '\n' ' ')
	case $changes in
	*'fsync renameat fsync '* | 'unlinkat fsync '*) status=0 ;;
	*) echo "# $changes" && status=1 ;;
	esac
	tap_ok "$status" "$1, before: $before: the file is on the disk before it is in place, the folder after"
	# Between two changes to the directory, all moments are equal.
	sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$tmp/calls" |
		grep -xE 'openat|write|f?ch(mod|own)(at)?|flock|fsync|ftruncate|link(at)?|rename(at2?)?|unlink(at)?' |
		sort | uniq -c >"$tmp/counts"
	while read -r count call; do
		for number in $(seq "$count"); do
			killed_at "$call" "$number" "$1"
		done
	done <"$tmp/counts" >"$tmp/found"
	head -n 20 "$tmp/found"
	[ ! -s "$tmp/found" ] && status=0 || status=1
	tap_ok "$status" "$1, before: $before: killed in front of each change, it is the old file or the new"
	# Some were killed before the change and some after it.
	[ -s "$tmp/after" ] && status=0 || status=1
	tap_ok "$status" "$1, before: $before: some of them came after the change"
	[ "$(awk '{ n += $1 } END { print n }' "$tmp/counts")" -gt 5 ] && status=0 || status=1
	tap_ok "$status" "$1, before: $before: there were system calls to be killed at"
}

killed enable nothing
killed enable other
killed disable enabled
killed disable only_ours

tap_done
