# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Debian's archive, sources included, by lists of our own in $work/apt: nothing is changed on the machine. To be sourced.
# shellcheck disable=SC2154 # $work is the caller's

apt() {
	command=$1
	shift
	"$command" -q -o Dir::State="$work/apt" -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache="$work/apt" \
		-o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts="$work/apt/parts" \
		-o APT::Sandbox::User=root "$@"
}

fetch_lists() {
	[ ! -e "$work/apt/done" ] || return 0
	mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/apt/parts"
	: >"$work/apt/sources.list"
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		# Debian's own sources: other archives need not have any.
		grep -qs debian-archive-keyring "$file" || grep -qs '^deb.*debian\.org' "$file" || [ "$file" = /etc/apt/sources.list ] ||
			continue
		case $file in
		*.sources) sed 's/^Types:.*/Types: deb deb-src/' "$file" >"$work/apt/parts/${file##*/}" ;;
		*.list) [ ! -s "$file" ] || sed -n 's/^deb /&/p; s/^deb /deb-src /p' "$file" >>"$work/apt/sources.list" ;;
		esac
	done
	apt apt-get update >"$work/apt/log" 2>&1 && : >"$work/apt/done"
}

# usage: source_of PACKAGE   unpacks the newest source that can be had into ./source
source_of() {
	fetch_lists
	for version in $(apt apt-cache showsrc "$1" | sed -n 's/^Version: //p' | sort -rV -u); do
		rm -rf source download
		mkdir download
		if (cd download && apt apt-get source --download-only "$1=$version") >download.log 2>&1; then
			dpkg-source --no-check -x download/*.dsc source >>download.log 2>&1
			return
		fi
	done
	cat download.log >&2
	return 1
}

# usage: package_of PACKAGE   unpacks it into ./unpacked
package_of() {
	fetch_lists
	rm -rf download
	mkdir -p download
	(cd download && apt apt-get download "$1") >download.log 2>&1 && dpkg -x download/*.deb unpacked
}
