#!/bin/sh
# SPDX-License-Identifier: MIT
# The calls of the shim go strictly down: a file includes its own header, and those of files further down.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# The highest first; those on one line are siblings, which do not know each other.
layers='
interpose
guard
repair prevent
detect ephemeral hold salvage sharing twin
options fd_table inode
report
report_settings
report_line
log log_limit
in_force
config_file
settings procfs
log_line sys signals cleanup
real kernel_constants forks address version
raw_syscall imports freestanding call
'

shim=$srcdir/src/shim
level_of() {
	echo "$layers" | awk -v name="$1" '{ for (i = 1; i <= NF; i++) if ($i == name) print NR }'
}

level_is_known() {
	level=$(level_of "$1")
	case $level in
	*[!0-9]* | '') echo "# $1 is on ${level:-no} line of the list"; return 1 ;;
	esac
}

goes_down() {
	name=$(basename "$1")
	name=${name%.*}
	level_is_known "$name" || return
	own=$level bad=0
	headers=$(sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$1")
	for header in $headers; do
		included=${header%.h}
		[ "$included" != "$name" ] || continue
		if ! level_is_known "$included"; then
			bad=1
		elif [ "$level" -le "$own" ]; then
			echo "# $(basename "$1") includes $header, which is not below it"
			bad=1
		fi
	done
	return $bad
}

for file in "$shim"/*.[ch]; do
	status=0
	goes_down "$file" || status=1
	tap_ok $status "$(basename "$file") knows only what is below it"
done

for name in $layers; do
	status=0
	[ -e "$shim/$name.c" ] || [ -e "$shim/$name.h" ] || status=1
	tap_ok $status "$name, which is on the list, is there"
done

tap_done
