# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# An /etc of a test's own, in namespaces of its own; for /etc/noselfconn.conf. After tap.sh.

# usage: with_etc PREPARE COMMAND...   runs the command in a range of two ports, where the shell commands PREPARE have made the
# files of /etc
# shellcheck disable=SC2016,SC2154 # the inner shell expands; tap.sh assigns
with_etc() {
	mkdir -p "$tmp/etc"
	"$netns" 40000 40001 -- unshare --mount sh -euc '
		etc=$1 prepare=$2
		shift 2
		mount -t tmpfs -o mode=755 none "$etc"
		for name in ld.so.cache passwd group nsswitch.conf; do
			[ ! -e "/etc/$name" ] || cp "/etc/$name" "$etc"
		done
		cd "$etc"
		umask 022
		eval "$prepare"
		cd /
		mount --bind "$etc" /etc
		"$@"
	' sh "$tmp/etc" "$@"
}
