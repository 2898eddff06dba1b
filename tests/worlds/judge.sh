#!/bin/sh
# SPDX-License-Identifier: MIT
# Judges the output of run.sh for one world. Prints a line for each check, which
# tests/worlds/worlds.sh reads, and writes the table row.
# usage: judge.sh NAME WORK
# Writes WORK/rows/NAME.
set -eu
name=$1 work=$2
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/describe.sh"
world_describe "$name"
out=$work/$name
mkdir -p "$work/rows"
rm -f "$work/rows/$name"

# usage: check STATUS WHAT
# Print details before the call.
check() {
	if [ "$1" -eq 0 ]; then
		echo "ok $name: $2"
	else
		echo "not ok $name: $2"
	fi
}

if [ ! -s "$out/client" ]; then
	tail -n 25 "$out/log" | sed 's/^/# /'
	check 1 "built"
	exit
fi
check 0 "built"
status=0
! sed 's/^/# strong import: /' "$out/imports" | grep . || status=1
check $status "the library needs no symbol: each import is weak"

# The client's file has the lines `without STATUS`, `with STATUS`, and `repairs WAY OUTCOME`.
client() {
	sed -n "s/^$1 //p" "$out/client" | sort | uniq -c | sed 's/^ *//' | paste -sd ',' -
}
status=0
[ "$(client without)" = '1 1' ] || status=1
check $status "without the library the retry loop is connected to itself"
status=0
case $(client with),$(client repairs) in
'1 0,100 replace refused' | '1 0,100 rewind refused') ;;
*)
	status=1
	uniq -c "$out/client" | sed 's/^/# /'
	tail -n 5 "$out/log" | sed 's/^/# /'
	;;
esac
check $status "with it, it is refused, each time"
way=$(client repairs)
way=${way#100 } way=${way% refused}

# usage: suite PROGRAM
# Adds to $result. At least half the tests must pass: a qemu-user that fails everything would also
# fail everything in the control.
suite() {
	control=/dev/null
	[ -z "$qemu" ] || control=$work/control/$1.tap
	status=0
	[ -e "$out/$1.tap" ] || : >"$out/$1.tap"
	awk -v world="$name" -v qemu="$qemu" -v program="$1" -f "$here/judge.awk" "$here/known" "$control" "$out/$1.tap" \
		>"$out/$1.judged" || status=1
	! grep '^wrong ' "$out/$1.judged" | sed 's/^/# /' | grep . || status=1
	passed='' of='' known='' control=''
	while read -r word number; do
		case $word in
		passed) passed=$number ;;
		of) of=$number ;;
		known) known=$number ;;
		control) control=$number ;;
		esac
	done <"$out/$1.judged"
	[ $((passed * 2)) -ge "${of:-1}" ] || status=1
	cell="all $of"
	if [ "$passed" -ne "$of" ]; then
		cell="$passed of $of"
		[ "$known" -eq 0 ] || cell="$cell, $known known"
		[ "$control" -eq 0 ] || cell="$cell, $control not by qemu-user"
	fi
	[ "$status" -eq 0 ] || cell="$cell, WRONG"
	echo "# $1: $cell"
	check $status "$1 tests: no other fails than is known to"
}
# The unit tests contain the core, so they would not test the library.
unit=–
case $name in
*-load) echo "# $name: $(cat "$out/library")" ;;
*)
	suite unit
	unit=$cell
	;;
esac
suite live

tab=$(printf '\t')
kernel="$(uname -r | sed 's/\([0-9]*\.[0-9]*\).*/\1/')"
[ -z "$qemu" ] || kernel="$kernel under qemu-user $("$qemu" --version | sed -n 's/^qemu.* version \([0-9.]*[0-9]\).*/\1/p')"
echo "$name$tab$(cat "$out/libc")$tab$machine$tab$kernel$tab$about${tab}refused, by $way$tab$unit$tab$cell" >"$work/rows/$name"
