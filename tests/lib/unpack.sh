# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Unpacks Debian packages below $archive; to be sourced. It installs nothing. It does not use the
# machine's package lists, which may be out of date. Tests share $archive and keep it.
# shellcheck disable=SC2154 # $archive is the caller's

apt() {
	apt_command=$1
	shift
	"$apt_command" -q -o Dir::State="$archive/apt" -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache="$archive/apt" \
		-o Dir::Etc::sourcelist="$archive/apt/sources.list" -o Dir::Etc::sourceparts="$archive/apt/parts" \
		-o APT::Sandbox::User=root "$@"
}

# Use only Debian's own lines of the machine's sources: other archives may be unreachable.
fetch_lists() {
	[ ! -e "$archive/apt/done" ] || return 0
	mkdir -p "$archive/apt/lists/partial" "$archive/apt/archives/partial" "$archive/apt/parts"
	for file in /etc/apt/sources.list.d/*.sources; do
		[ ! -e "$file" ] || ! grep -q debian-archive-keyring "$file" || cp "$file" "$archive/apt/parts/"
	done
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
		sed -n '/debian/p' >"$archive/apt/sources.list"
	apt apt-get update >"$archive/apt/log" 2>&1 && : >"$archive/apt/done"
}

# Tests run in parallel, so a lock lets one of them unpack at a time.
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

# usage: package_of PACKAGE
# Unpacks the package into $archive/PACKAGE.
package_of() {
	locked unpack_package "$1"
}
