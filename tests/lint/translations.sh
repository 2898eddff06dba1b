#!/bin/sh
# SPDX-License-Identifier: MIT
# The man pages in Chinese keep in step with those in English: the same headings, options, settings and values, in the
# same order.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

pages=$srcdir/doc/man

# usage: skeleton PAGE   its headings without their words; its lists, their tags and values; its examples
skeleton() {
	sed -n '
		/^\.Bd/,/^\.Ed/ { p; d; }
		s/^\.\(Sh\|Ss\) .*/\1/p
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
	[ ! -s "$tmp/diff" ] && grep -q '^Sh$' "$tmp/english" || status=1
	tap_ok $status "$name in Chinese has the headings, options and values of the one in English"
	if ! command -v mandoc >/dev/null; then
		tap_skip "$name in Chinese is clean under mandoc" "no mandoc here"
		continue
	fi
	# mandoc knows the names of sections in English only.
	mandoc -Tlint -Wwarning "$page" >"$tmp/lint" 2>&1 || :
	grep -vE 'first section is not "NAME"|description line outside NAME' "$tmp/lint" >"$tmp/found" || :
	sed 's/^/# /' "$tmp/found"
	tap_is "$(wc -l <"$tmp/found")" 0 "$name in Chinese is clean under mandoc"
done

tap_done
