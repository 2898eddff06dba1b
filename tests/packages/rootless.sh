#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # backticks are the README's
# The README's commands for users without root, as they stand there, by a user who has nothing but a home.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/tree.sh"
tap_needs_netns
tap_needs telnet

sed -n '/^\*\*Without root\*\*/,/^## /p' "$srcdir/README.md" | sed -n '/^```sh$/,/^```$/p' | sed '1d; $d' >"$tmp/commands"
install=$(sed -n 1p "$tmp/commands") use=$(sed -n 2p "$tmp/commands")
tap_is "$(grep -c . "$tmp/commands"), $(echo "$install" | grep -c 'configure --prefix')" "2, 1" "the README has two commands"

mkdir "$tmp/home"
# usage: as_user COMMAND: in the source tree
if [ "$(id -u)" -eq 0 ]; then
	chown -R 65534:65534 "$tree" "$tmp/home"
	chmod 755 "$tmp"
	as_user() {
		(cd "$tree" && HOME=$tmp/home setpriv --reuid 65534 --regid 65534 --clear-groups sh -c "$1")
	}
else
	as_user() {
		(cd "$tree" && HOME=$tmp/home sh -c "$1")
	}
fi
as_user "$install" >"$tmp/log" 2>&1 </dev/null && status=0 || status=$?
[ "$status" -eq 0 ] || tail -n 40 "$tmp/log" | sed 's/^/# /'
tap_is "$status" 0 "the first one builds and installs it into the home"
tap_is "$(find "$tmp/home" -name 'libnoselfconn.so' -o -name noselfconn -type f -path '*/bin/*' | sort | tr '\n' ' ')" \
	"$tmp/home/.local/bin/noselfconn $tmp/home/.local/lib/libnoselfconn.so " "command and library are there"

# usage: says COMMAND: what telnet says of port 40000, where connect() gets that very port
says() {
	# shellcheck disable=SC2016 # the inner shell expands
	"$netns" 40000 40001 -- sh -c "$1" 2>&1 </dev/null | grep -oE '^Connected|Connection refused' | sort -u | tr '\n' ' '
}
tap_is "$(says "${use##*noselfconn\" }")" "Connected " "without it telnet is connected to itself"
tap_is "$(HOME=$tmp/home says "$use")" "Connection refused " "the second one protects telnet"
tap_done
