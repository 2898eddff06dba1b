#!/bin/sh
# SPDX-License-Identifier: MIT
# The README in Chinese says what the one in English says, as far as a script can tell: commands, settings, links.
# shellcheck disable=SC2016 # backticks are the documents' own
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

english=$srcdir/README.md chinese=$srcdir/README.zh-CN.md

# usage: both WHAT FUNCTION: what the function finds in each is the same, and something
both() {
	in_english=$("$2" "$english") in_chinese=$("$2" "$chinese")
	tap_is "$in_chinese" "${in_english:-something}" "both have the same $1"
}

commands() {
	sed -n '/^```sh/,/^```$/p' "$1" | sed 's/ *#.*//'
}

settings() {
	grep '^| `' "$1" | cut -d '|' -f 2-4 | grep -o '`[A-Za-z0-9_]*`'
}

links() {
	grep -o '](\([^)]*\))' "$1" | grep -v 'README'
}

sections() {
	grep -o '^##* ' "$1"
}

tap_is "$(sed -n 3p "$english")" "English | [简体中文](README.zh-CN.md)" "the one in English names the other at the top"
tap_is "$(sed -n 3p "$chinese")" "[English](README.md) | 简体中文" "so does the one in Chinese"
both commands commands
both settings settings
both links links
both sections sections

for target in $(links "$english" | tr -d ']()' | sort -u); do
	status=0
	[ -e "$srcdir/${target%%#*}" ] || status=1
	tap_ok $status "$target, which they point to, is there"
done

tap_done
