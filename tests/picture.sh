#!/bin/sh
# SPDX-License-Identifier: MIT
# The picture is what scripts/picture makes of its text; the script refuses what it cannot draw.
. "${srcdir:-$(dirname "$0")/..}/tests/tap.sh"

text=$srcdir/doc/self-connection.txt picture=$srcdir/doc/self-connection.svg

# usage: draw NAME: $tmp/NAME.txt, to $tmp/NAME.svg; sets status
draw() {
	status=0
	"$srcdir/scripts/picture" "$tmp/$1.txt" >"$tmp/$1.svg" 2>"$tmp/errors" || status=$?
}

status=0
"$srcdir/scripts/picture" >"$tmp/made.svg" && cmp "$tmp/made.svg" "$picture" >&2 || status=1
tap_ok $status "doc/self-connection.svg is what scripts/picture makes"
for readme in "$srcdir"/README*.md; do
	tap_is "$(grep -c '](doc/self-connection.svg)' "$readme")" 1 "$(basename "$readme") shows it"
done

sed 's/SYN from/SYN \& <FIN> from/' "$text" >"$tmp/changed.txt"
draw changed
tap_is "$status, $(diff "$tmp/made.svg" "$tmp/changed.svg" | grep -c '^>.*SYN &amp; &lt;FIN&gt; from')" "0, 2" \
	"another text makes another picture, whatever its letters"
if command -v python3 >/dev/null; then
	drawn=$(python3 -c '
import sys, xml.etree.ElementTree as tree
print(len(tree.parse(sys.argv[1]).findall(".//{http://www.w3.org/2000/svg}text")))' "$tmp/changed.svg")
	tap_is "$drawn" "$(grep -c '<text' "$tmp/changed.svg")" "the picture is XML, with all of its words"
else
	tap_skip "the picture is XML, with all of its words" "no python3 here"
fi

# usage: refused LINE COMPLAINT
refused() {
	printf 'title x\npanel 300 y\nlane a 50 A\n%s\n' "$1" >"$tmp/refused.txt"
	draw refused
	tap_is "$status, $(cat "$tmp/refused.svg"), $(cat "$tmp/errors")" "1, , $tmp/refused.txt:4: $2" "it refuses '$1'"
}
refused 'call a b hello' 'who is b?'
refused 'back so a a hello' 'is it bad or good?'
refused 'call a a' 'there is no label'
refused 'draw a house' 'what is draw?'

tap_done
