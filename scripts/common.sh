# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What the scripts share: paths, messages, and cleaning up. Each script sources it first: `. "$(dirname "$0")/common.sh"`.
set -eu

# shellcheck disable=SC2034 # the scripts use it
top=$(CDPATH='' cd "$(dirname "$0")/.." && pwd)
self=$(basename "$0")

# A source tree that was configured in place is also built in place.
builddir=$top/build
[ ! -e "$top/config.status" ] || builddir=$top
# shellcheck disable=SC2034
library=$builddir/.libs/libnoselfconn.so netns=$top/scripts/netns

# Debian keeps ip, ss and ldconfig where a user's PATH does not lead.
PATH=$PATH:/usr/sbin:/sbin

# With standard input closed, the next file to be opened would become standard input.
{ : <&0; } 2>/dev/null || exec </dev/null

# The scripts change directory, so a relative TMPDIR would lead elsewhere. One that cannot be written to is of no use.
if [ -d "${TMPDIR:-/tmp}" ] && [ -w "${TMPDIR:-/tmp}" ]; then
	TMPDIR=$(CDPATH='' cd "${TMPDIR:-/tmp}" && pwd)
	export TMPDIR
else
	unset TMPDIR
fi

die() {
	echo "$self: $*" >&2
	exit 1
}

misuse() {
	echo "$self: $*" >&2
	echo "Try '$self --help'." >&2
	exit 2
}

# The comment at the head of a script is its help text.
help() {
	sed -n '/^# SPDX/d; /^# shellcheck/d; /^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"
	exit 0
}

# For scripts whose only argument is --help.
no_arguments() {
	case ${1-} in
	--help) help ;;
	esac
	[ $# -eq 0 ] || misuse "unknown argument '$1'"
}

# Runs the function $1 when the script ends. On a signal, dash runs no EXIT trap by itself.
at_end() {
	# shellcheck disable=SC2064 # expanded now
	trap "$1" EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# Sets preload to a path of the library that LD_PRELOAD can hold, which splits at spaces and colons and expands dollars. Where
# the library's own path cannot be used, preload is a link in preload_folder, which the script removes at its end.
preload='' preload_folder=
find_preload() {
	preload=$library
	case $library in
	*[[:space:]:\$]*)
		preload_folder=$(TMPDIR=/tmp mktemp -d)
		preload=$preload_folder/libnoselfconn.so
		ln -s "$library" "$preload"
		;;
	esac
}

# Succeeds if each program that starts here has the shim.
shim_is_loaded() {
	grep -q '/libnoselfconn[^/]*$' /proc/self/maps
}
