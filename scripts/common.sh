# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What the scripts share: where things are, and how they speak. Each sources it first: `. "$(dirname "$0")/common.sh"`.
set -eu

# shellcheck disable=SC2034 # for the scripts
top=$(CDPATH='' cd "$(dirname "$0")/.." && pwd)
self=$(basename "$0")

# Who has configured in the source tree builds there.
builddir=$top/build
[ ! -e "$top/config.status" ] || builddir=$top
# shellcheck disable=SC2034
library=$builddir/.libs/libnoselfconn.so netns=$top/scripts/netns

# ip, ss and ldconfig are there on Debian, where a user's PATH does not lead.
PATH=$PATH:/usr/sbin:/sbin

die() {
	echo "$self: $*" >&2
	exit 1
}

misuse() {
	echo "$self: $*" >&2
	echo "Try '$self --help'." >&2
	exit 2
}

# The head of the script is its help.
help() {
	sed -n '/^# SPDX/d; /^# shellcheck/d; /^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"
	exit 0
}

# For scripts that take no more than --help.
no_arguments() {
	case ${1-} in
	--help) help ;;
	esac
	[ $# -eq 0 ] || misuse "what is '$1'?"
}

# Runs the function $1 when the script ends, by a signal too: dash runs no EXIT trap of itself then.
at_end() {
	# shellcheck disable=SC2064 # now
	trap "$1" EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}
