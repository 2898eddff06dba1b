#!/bin/sh
# SPDX-License-Identifier: MIT
# The version and the project's addresses are those of configure.ac wherever they appear, and no other host is named.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

cd "$srcdir"
# usage: of_init N: the argument number N of AC_INIT
of_init() {
	sed -n '/^AC_INIT(/,/)$/p' configure.ac | tr '\n' ' ' | awk -v n="$1" -F'[][]' '{ print $(2 * n) }'
}
version=$(of_init 2) mail=$(of_init 3) url=$(of_init 5)
tap_is "$(echo "$version" | grep -cE '^[0-9]+\.[0-9]+\.[0-9]+$')" 1 "the version in configure.ac is a semantic one"

tap_is "$(sed -n 's/^## \([^ ]*\).*/\1/p' NEWS.md | sed 1q)" "$version" "NEWS.md begins with it"
tap_is "$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)" "$version" "so does debian/changelog"
tap_is "$(sed -n 's/^Version: //p' packaging/libnoselfconn.spec.in)" '@PACKAGE_VERSION@' "configure writes it into the spec"
tap_is "$(cat doc/man/*.[0-9] doc/man/*/*.[0-9] | grep -oE 'libnoselfconn [0-9]+\.[0-9.]*[0-9]' | grep -vxF "libnoselfconn $version")" '' \
	"no man page names another version"
tap_is "$(cat README*.md doc/examples/* | grep -oE 'libnoselfconn[:_-][0-9]+\.[0-9.]*[0-9]' | sort -u |
	grep -vx "libnoselfconn[:_-]$version")" '' "nor does a README or an example"

# What other programs read. Names that NEWS.md does not list could be renamed without a word.
{
	grep -rhoE 'json[a-z_]*\("[a-z_0-9]+"' src/noselfconnctl | sed 's/.*("//'
	grep -hoE '"(disable|retries|method|give_up|log|NOSELFCONN_[A-Z_]+)"' src/shim/settings.c src/shim/config_file.c | tr -d '"'
	grep -hoE '" ?[a-z_]+=' src/shim/report*.c | tr -d ' ="'
} | tr -d '"' | sort -u >"$tmp/names"
tap_is "$(grep -cxE 'enabled|prevented|retries|NOSELFCONN_LOG|outcome' "$tmp/names")" 5 "there are names that other programs read"
sed '/^## /,$d' NEWS.md >"$tmp/api"
while read -r name; do
	grep -q "\`$name\`" "$tmp/api" || printf '%s ' "$name"
done <"$tmp/names" >"$tmp/unlisted"
tap_is "$(cat "$tmp/unlisted")" '' "NEWS.md lists each of them as API"

# usage: names FILE ADDRESS
names() {
	grep -qF -- "$2" "$1" && status=0 || status=1
	tap_ok "$status" "$1 has the address of AC_INIT, ${2%%:*}"
}
for file in README.md README.zh-CN.md; do
	names $file "git clone ${url}libnoselfconn.git"
done
names debian/control "Homepage: $url"
names debian/control "<$mail>"
names packaging/libnoselfconn.spec.in '@PACKAGE_URL@'
names packaging/libnoselfconn.spec.in '@PACKAGE_BUGREPORT@'
names SECURITY.md "<$mail>"

# Debian and W3C, for its archive and for formats; everything else is of this machine.
host=${url#*://} host=${host%%/*}
sources="*.md *.ac *.am .ci debian doc packaging scripts src tests"
# shellcheck disable=SC2086 # words and patterns
grep -rIhoE '(https?|ftp|git|ssh)://[^]/ "`<>)$]*' $sources | sed 's|.*://||; s|:.*||; s|\\||g' | sort -u |
	grep -vxE "$host|127\.0\.0\.1|localhost|(deb\.|www\.)?debian\.org|www\.w3\.org|" >"$tmp/hosts" || :
tap_is "$(tr '\n' ' ' <"$tmp/hosts")" '' "no other host is named"
# shellcheck disable=SC2086
grep -rIhoE '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]+' $sources | sort -u | grep -vxF "$mail" >"$tmp/mails" || :
tap_is "$(tr '\n' ' ' <"$tmp/mails")" '' "no other mail address is named"
tap_done
