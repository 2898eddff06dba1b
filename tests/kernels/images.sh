# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The kernels of Debian's archive, for scripts/kernels: lists and unpacks them. It installs nothing.
# apt keeps its state in $work and reads only the archive's address from the machine.
#
#   images_update SUITE...   fetches the lists of these suites, at most once a day
#   images_list              prints "RELEASE SERIES FLAVOUR" of each kernel, oldest first
#   images_unpack RELEASE    fetches the kernel and unpacks it into $work/RELEASE/image

# shellcheck disable=SC2154 # what scripts/kernels has set

images_apt() {
	apt_command=$1
	shift
	"$apt_command" -q -o Dir::State="$work/apt/state" -o Dir::State::status="$work/apt/status" \
		-o Dir::Cache="$work/apt/cache" -o Dir::Etc::SourceList="$work/apt/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

# Prints the mirror from which this machine gets its packages.
images_mirror() {
	# shellcheck disable=SC2016 # apt's
	site=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' |
		sed -n '/-security/d; s|/*$||; p; q')
	echo "${site:-http://deb.debian.org/debian}"
}

images_update() {
	mirror=$(images_mirror)
	mkdir -p "$work/apt/state/lists/partial" "$work/apt/cache/archives/partial"
	: >"$work/apt/status"
	for suite; do
		case $suite in
		*-security) echo "deb [arch=amd64] $mirror-security $suite main" ;;
		*) echo "deb [arch=amd64] $mirror $suite main" ;;
		esac
	done >"$work/apt/wanted"
	if cmp -s "$work/apt/wanted" "$work/apt/sources.list" && [ -n "$(find "$work/apt/updated" -mtime -1 2>/dev/null)" ]; then
		return
	fi
	cp "$work/apt/wanted" "$work/apt/sources.list"
	# A mirror may lack some suites. images_list notices if it has none.
	images_apt apt-get update >"$work/apt/log" 2>&1 || grep '^[EW]:' "$work/apt/log" >&2 || :
	images_list | grep . >/dev/null || { cat "$work/apt/log" >&2; die "no kernel in these suites of $mirror: $*"; }
	touch "$work/apt/updated"
}

images_list() {
	# shellcheck disable=SC2046 # words
	set -- $(images_apt apt-cache pkgnames linux- | grep -E '^linux-(image|binary|modules)-[0-9].*-amd64$')
	[ $# -gt 0 ] || return 0
	# Small packages hold no kernel: "linux-image-6.12-amd64" only names the newest one, and since 6.19
	# linux-image-* only depends on linux-binary-* and linux-modules-*. Leave out a release of which the
	# archive no longer has both.
	images_apt apt-cache show --no-all-versions "$@" 2>/dev/null | awk '
		/^Package:/ { split($2, part, "-"); release = $2; sub(/^linux-[a-z]*-/, "", release) }
		/^Size:/ && $2 > 5000000 { has[release, part[2]] = 1; releases[release] = 1 }
		END {
			for (release in releases)
				if (has[release, "image"] || has[release, "binary"] && has[release, "modules"])
					print release
		}' | sort -V | awk '{
			split($1, number, ".")
			print $1, number[1] "." number[2] + 0, $1 ~ /-cloud-/ ? "cloud" : $1 ~ /-rt-/ ? "rt" : "generic"
		}'
}

images_unpack() {
	[ ! -e "$work/$1/unpacked" ] || return 0
	mkdir -p "$work/$1/image"
	for part in image binary modules; do
		images_apt apt-cache show "linux-$part-$1" 2>/dev/null | grep -q . || continue
		(cd "$work/$1" && images_apt apt-get download "linux-$part-$1") >"$work/apt/log" 2>&1 ||
			{ rm -f "$work/apt/updated"; cat "$work/apt/log" >&2; die "linux-$part-$1 could not be fetched"; }
	done
	for archive in "$work/$1"/linux-*.deb; do
		dpkg-deb -x "$archive" "$work/$1/image"
		rm -f "$archive"
	done
	touch "$work/$1/unpacked"
}
