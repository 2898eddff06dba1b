#!/bin/sh
# SPDX-License-Identifier: MIT
# The man pages in Chinese keep in step with those in English: the same headings, options, settings and values, in the
# same order. The sections have their English names, which mdoc(7) acts upon: groff 1.23 has no name for .Nm without NAME,
# and fails at headings that do not begin with a letter of ASCII.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

pages=$srcdir/doc/man

# usage: skeleton PAGE   its sections; its other headings without their words; its lists, their tags and values; its examples
skeleton() {
	sed -n '
		/^\.Bd/,/^\.Ed/ { p; d; }
		/^\.Sh /p
		s/^\.Ss .*/Ss/p
		/^\.It [A-Z][a-z]* / { s/ Ns .*//; s/ [、，。：；）]$//; p; d; }
		s/^\.It.*/.It/p
		s/^\.\(Bl\|El\|Dt\|Dd\)\(.*\)/\1\2/p
		s/^\.\(Cm\) \([^ ]*\).*/\1 \2/p' "$1"
}

for page in "$pages"/zh_CN/*.[1-8]; do
	name=${page##*/}
	skeleton "$pages/$name" >"$tmp/english"
	skeleton "$page" >"$tmp/chinese"
	diff "$tmp/english" "$tmp/chinese" >"$tmp/diff" || :
	sed 's/^/# /' "$tmp/diff"
	status=0
	[ ! -s "$tmp/diff" ] && grep -q '^\.Sh NAME$' "$tmp/english" || status=1
	tap_ok $status "$name in Chinese has the headings, options and values of the one in English"
	if ! command -v mandoc >/dev/null; then
		tap_skip "$name in Chinese is clean under mandoc" "no mandoc here"
		continue
	fi
	mandoc -Tlint -Wwarning "$page" >"$tmp/found" 2>&1 || :
	sed 's/^/# /' "$tmp/found"
	tap_is "$(wc -l <"$tmp/found")" 0 "$name in Chinese is clean under mandoc"
done

tap_done
