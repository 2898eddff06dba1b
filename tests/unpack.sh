# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What Debian's archive has, sources included, unpacked below $archive: nothing is installed or changed on the machine, whose
# lists may be old or without sources. To be sourced; $archive is a directory that may be shared and kept.
# shellcheck disable=SC2154 # $archive is the caller's

apt() {
	apt_command=$1
	shift
	"$apt_command" -q -o Dir::State="$archive/apt" -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache="$archive/apt" \
		-o Dir::Etc::sourcelist="$archive/apt/sources.list" -o Dir::Etc::sourceparts="$archive/apt/parts" \
		-o APT::Sandbox::User=root "$@"
}

# Debian's own lines of the machine's sources: other archives need not have any source.
fetch_lists() {
	[ ! -e "$archive/apt/done" ] || return 0
	mkdir -p "$archive/apt/lists/partial" "$archive/apt/archives/partial" "$archive/apt/parts"
	: >"$archive/apt/sources.list"
	for file in /etc/apt/sources.list.d/*.sources; do
		[ ! -e "$file" ] || ! grep -q debian-archive-keyring "$file" ||
			sed 's/^Types:.*/Types: deb deb-src/' "$file" >"$archive/apt/parts/${file##*/}"
	done
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
		sed -n '/debian/{s/^deb \(.*\)/deb \1\ndeb-src \1/p}' >"$archive/apt/sources.list"
	apt apt-get update >"$archive/apt/log" 2>&1 && : >"$archive/apt/done"
}

# One at a time: tests run side by side.
locked() {
	mkdir -p "$archive"
	(flock 9 && "$@") 9>"$archive/lock"
}

unpack_package() {
	[ ! -e "$archive/$1/done" ] || return 0
	fetch_lists || return 1
	mkdir -p "$archive/$1"
	(cd "$archive/$1" && apt apt-get download "$1" >log 2>&1 && dpkg -x ./*.deb . && : >"done")
}

# usage: package_of PACKAGE   unpacks it into $archive/PACKAGE
package_of() {
	locked unpack_package "$1"
}

# The newest whose files are still there.
unpack_source() {
	[ ! -e "$archive/source-$1/done" ] || return 0
	fetch_lists || return 1
	for version in $(apt apt-cache showsrc "$1" | sed -n 's/^Version: //p' | sort -rV -u); do
		rm -rf "${archive:?}/source-$1"
		mkdir -p "$archive/source-$1"
		if (cd "$archive/source-$1" && apt apt-get source --download-only "$1=$version") >"$archive/source.log" 2>&1; then
			(cd "$archive/source-$1" && dpkg-source --no-check -x ./*.dsc tree >log 2>&1 && : >"done")
			return
		fi
	done
	cat "$archive/source.log" >&2
	return 1
}

# usage: source_of PACKAGE   unpacks the newest source that can be had into $archive/source-PACKAGE/tree
source_of() {
	locked unpack_source "$1"
}
