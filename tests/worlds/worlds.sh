#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs every world for which this machine has the compilers, through scripts/worlds. Its table is in
# doc/WORLDS.md.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR
. "$srcdir/tests/worlds/describe.sh"

# usage: lacks NAME
# Prints what this machine lacks to run the world, or nothing.
lacks() {
	world_describe "$1"
	for command in "${compiler%% *}" $qemu; do
		command -v "$command" >/dev/null || echo "no $command here"
	done
	case $compiler in
	*-m32*) echo 'int main(void) { return 0; }' | $compiler -x c -o "$tmp/m32" - 2>/dev/null || echo "no 32-bit libc to build with" ;;
	esac
}

reason=
if ! "$netns" -- true 2>/dev/null; then
	reason="neither root nor allowed to make a user namespace"
elif [ "$(uname -m)" != x86_64 ]; then
	reason="the compilers are those of Debian on x86_64"
elif ! sh "$srcdir/tests/worlds/check.sh" "$builddir/worlds/check" >"$tmp/check" 2>&1; then
	sed 's/^/# /' "$tmp/check"
	reason="the source of Check is not available"
fi
run=
# shellcheck disable=SC2154 # set by describe.sh
for name in $worlds; do
	why=${reason:-$(lacks "$name" | sed -n 1p)}
	if [ -n "$why" ]; then
		tap_skip "$name" "$why"
	else
		run="$run $name"
	fi
	tap_is "$(grep -c "^| $name |" "$srcdir/doc/WORLDS.md")" 1 "doc/WORLDS.md has a row for $name"
done

# shellcheck disable=SC2086 # words
[ -z "$run" ] || "$srcdir/scripts/worlds" --built "$builddir" --tap $run >"$tmp/out" 2>"$tmp/err" || :
while read -r word rest; do
	case $word in
	ok) tap_ok 0 "$rest" ;;
	not) tap_ok 1 "${rest#ok }" ;;
	*) echo "$word $rest" ;;
	esac
done <"$tmp/out"
for name in $run; do
	status=0
	grep -q "ok $name: built" "$tmp/out" || status=1
	[ $status -eq 0 ] || sed 's/^/# /' "$tmp/err"
	tap_ok $status "$name has been judged"
done
for name in $run; do
	case $name in
	*-load) cat "$builddir/worlds/$name/library" ;;
	esac
done | sort -u >"$tmp/libraries"
[ -z "$run" ] || tap_is "$(cat "$tmp/libraries")" "$(sha256sum "$library")" "the worlds that load this machine's library load one file"
tap_done
