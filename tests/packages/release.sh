#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts/release: the tarball has the same bytes wherever and whenever it is made, and everything
# that belongs to a release lies in one folder, with its checksum.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/tree.sh"

for command in git autoreconf xz; do
	tap_needs $command
done
version=$(sed -n 's/^PACKAGE_VERSION = //p' "$builddir/Makefile") name=libnoselfconn-$version
# What git would have, in a repository of its own.
# usage: git_there FOLDER ARGUMENT...
git_there() {
	folder=$1
	shift
	git -C "$folder" -c user.name=tests -c user.email=tests@localhost -c safe.directory='*' "$@" >"$tmp/git.log" 2>&1 ||
		sed 's/^/# /' "$tmp/git.log"
}
cp "$srcdir/.gitignore" "$tree" 2>/dev/null || tap_skip_all "this is no git clone"
git_there "$tree" init -q
git_there "$tree" add -A
GIT_COMMITTER_DATE='2026-01-02T03:04:05Z' git_there "$tree" commit -q -m all

# usage: release FOLDER ARGUMENT...: sets status
release() {
	folder=$1
	shift
	status=0
	"$folder/scripts/release" "$@" >"$tmp/release.log" 2>&1 </dev/null || status=$?
	[ $status -eq 0 ] || tail -n 40 "$tmp/release.log" | sed 's/^/# /'
}

# Elsewhere, later, with another umask and file that git does not know.
git_there "$tmp" clone -q "$tree" "$tmp/else where"
touch "$tmp/else where/scripts/left-over~"
echo '*~' >>"$tmp/else where/.git/info/exclude"
mkdir -p "$tmp/second/notes"
touch "$tmp/second/libnoselfconn-0.9.0.tar.xz"
(umask 077 && release "$tmp/else where" --tarball "$tmp/second" && exit "$status") && status=0 || status=1
tap_ok "$status" "a tarball alone can be made"
tap_is "$(cut -c 67- "$tmp/second/SHA256SUMS"), $(cd "$tmp/second" && echo *)" \
	"$name.tar.xz, SHA256SUMS libnoselfconn-0.9.0.tar.xz $name.tar.xz notes" \
	"it comes with its checksum and nothing else, beside what the folder had"

echo >>"$tmp/else where/NEWS.md"
release "$tmp/else where" --tarball "$tmp/third" 2>/dev/null
tap_is "$status, $(grep -c 'not committed' "$tmp/release.log")" "1, 1" "a change that is not committed is not released"
git_there "$tmp/else where" checkout -q NEWS.md
sed -i 's/^## 1/## 9/' "$tmp/else where/NEWS.md"
git_there "$tmp/else where" commit -q -a -m news
release "$tmp/else where" --tarball "$tmp/third" 2>/dev/null
tap_is "$status, $(grep -c "NEWS.md begins with version 9.*configure.ac has $version" "$tmp/release.log")" "1, 1" \
	"nor is a version of which NEWS.md does not tell"

if ! command -v dh >/dev/null || ! command -v lintian >/dev/null || ! command -v rpmbuild >/dev/null; then
	tap_skip "the packages" "no debhelper, lintian or rpmbuild here"
	tap_done
	exit
fi
# Under another TZ and locale, if there is one.
TZ=Asia/Tokyo LC_ALL=C.UTF-8 release "$tree" --no-check "$tmp/first"
tap_is "$status" 0 "a release is made"
tap_is "$(sha256sum <"$tmp/first/$name.tar.xz")" "$(sha256sum <"$tmp/second/$name.tar.xz")" "both tarballs have the same bytes"
tar -tvf "$tmp/first/$name.tar.xz" --full-time --numeric-owner >"$tmp/list"
tap_is "$(awk '{ print $2, $4, $5 }' "$tmp/list" | sort -u)" "0/0 2026-01-02 03:04:05" \
	"its files belong to root, and have the time of the commit"
tap_is "$(awk '{ print $6 }' "$tmp/list" | grep -vE "^$name/" || :)$(grep -c 'left-over' "$tmp/list")" 0 \
	"they lie in one folder, without what git does not know"

machine=$(uname -m) architecture=$(dpkg --print-architecture)
for file in "$name.tar.xz" "libnoselfconn_$version.dsc" "libnoselfconn_$version.tar.xz" "libnoselfconn_${version}_$architecture.deb" \
	"noselfconn_${version}_$architecture.deb" "libnoselfconn-$version-1.$machine.rpm" "noselfconn-$version-1.$machine.rpm" \
	"libnoselfconn-$version-1.src.rpm"; do
	[ -s "$tmp/first/$file" ] && status=0 || status=1
	tap_ok $status "$file is in the folder"
done
tap_is "$(cd "$tmp/first" && sha256sum --quiet -c SHA256SUMS 2>&1)" '' "the checksums are right"
tap_is "$(cut -c 67- "$tmp/first/SHA256SUMS" | sort | tr '\n' ' ')" \
	"$(cd "$tmp/first" && find . -type f ! -name SHA256SUMS | sed 's|^\./||' | sort | tr '\n' ' ')" "each file has one"
# shellcheck disable=SC2016 # rpm's
tap_is "$(rpm -qp --qf '%{VERSION} %{URL}' "$tmp/first/noselfconn-$version-1.$machine.rpm")" \
	"$version $(sed -n 's/^PACKAGE_URL = //p' "$builddir/Makefile")" "the RPM packages have version and address from configure.ac"
tap_is "$(dpkg-deb -f "$tmp/first/noselfconn_${version}_$architecture.deb" Homepage)" \
	"$(sed -n 's/^PACKAGE_URL = //p' "$builddir/Makefile")" "so do the Debian packages"
tap_done
