#!/bin/sh
# SPDX-License-Identifier: MIT
# Which shield protects which kind of program? Fills the table of doc/REACH.md, cell by cell, and compares both.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

[ "$(id -u)" -eq 0 ] || tap_skip_all "the firewall rule and /etc/ld.so.preload need root"
unshare --mount "$netns" -- true 2>/dev/null || tap_skip_all "no permission to make namespaces"
for command in iptables ip6tables go musl-gcc setpriv; do
	command -v $command >/dev/null || tap_skip_all "no $command here"
done

here=$srcdir/tests/reach ctl=$builddir/noselfconnctl cc=${CC:-cc}
chmod 755 "$tmp"
$cc -o "$tmp/dynamic" "$here/dial.c"
$cc -static -o "$tmp/static" "$here/dial.c"
musl-gcc -idirafter /usr/include -idirafter "/usr/include/$($cc -print-multiarch)" -o "$tmp/musl" "$here/dial.c"
$cc -o "$tmp/rewrite" "$here/rewrite.c"
(cd "$tmp" && HOME=$tmp GO111MODULE=off CGO_ENABLED=0 go build -o go "$here/dial.go")
install -m 4755 "$tmp/dynamic" "$tmp/setuid"
# Where every user can read it.
install -m 644 "$library" "$tmp/libnoselfconn.so"
cp -a /etc "$tmp/etc"
echo "$tmp/libnoselfconn.so" >"$tmp/etc/ld.so.preload"

# usage: outcome SHIELD KIND: "protected", "not protected", "killed", or what the cell printed
outcome() {
	status=0
	unshare --mount --propagation private "$netns" 40000 40001 -- \
		timeout 60 sh "$here/cell.sh" "$tmp" "$ctl" "$1" "$2" >"$tmp/out" 2>"$tmp/errors" </dev/null || status=$?
	case $status,$(cat "$tmp/out") in
	0,'self=0 refused=10 reached=0 other=0') echo protected ;;
	0,'self=10 refused=0 reached=0 other=0') echo 'not protected' ;;
	159,*) echo killed ;;
	*) echo "status $status: $(cat "$tmp/out" "$tmp/errors" | tr '\n' ' ')" ;;
	esac
}

# The rows of the table: | kind | none | shim | prevent | enabled | firewall |
shields='none shim prevent enabled firewall'
sed -n '/^| program /,/^$/ { /^| program /d; /^|---/d; /^|/p }' "$srcdir/doc/REACH.md" >"$tmp/rows"
tap_is "$(grep -c . "$tmp/rows")" 11 "the table has a row for each kind of program"
while IFS='|' read -r _ kind cells; do
	kind=$(echo "$kind" | sed 's/^ *//; s/ *$//')
	for shield in $shields; do
		stated=$(echo "${cells%%|*}" | sed 's/^ *//; s/ *$//; s/\*//g')
		cells=${cells#*|}
		tap_is "$(outcome "$shield" "$kind")" "$stated" "$kind, $shield"
	done
done <"$tmp/rows"
tap_done
