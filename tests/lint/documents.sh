#!/bin/sh
# SPDX-License-Identifier: MIT
# What holds for every document and source file: links lead somewhere, prose ends at column 100, and .editorconfig and
# .clang-format are true.
# shellcheck disable=SC2016 # awk's
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

export LC_ALL=C.UTF-8
cd "$srcdir"
# Not what was built or generated in the source tree.
find .ci debian doc packaging scripts src tests -type f ! -path 'tests/fuzz/corpus/*' ! -path '*/.deps/*' ! -path '*/.libs/*' \
	! -name '*.o' ! -name '*.lo' ! -name '*.log' ! -name '*.trs' ! -name '*~' \
	! -path 'tests/debian*' >"$tmp/files"
find . -maxdepth 1 -type f \( -name '*.md' -o -name '*.am' -o -name configure.ac -o -name '.[cegi]*' \) | sed 's|^\./||' >>"$tmp/files"
xargs grep -Il . <"$tmp/files" >"$tmp/texts"

# usage: nothing NAME   a test that passes if $tmp/found, which says where something is wrong, is empty
nothing() {
	sed 's/^/# /' "$tmp/found"
	status=0
	[ ! -s "$tmp/found" ] || status=1
	tap_ok $status "$1"
}

tap_is "$(grep -cxE 'README\.md|src/shim/guard\.c|scripts/test' "$tmp/texts")" 3 "there are files to look at"
grep '\.md$' "$tmp/texts" >"$tmp/documents"
grep '\.[ch]$' "$tmp/texts" >"$tmp/sources"

# The lines of the documents that are no table, no code and no picture.
xargs awk '
	FNR == 1 { code = 0 }
	/^ *```/ { code = !code; next }
	!code && !/^(\||    |!\[| *<)/ { print FILENAME ":" FNR ": " $0 }' <"$tmp/documents" | grep -E '^[^ ]* .{101}' >"$tmp/found" || :
nothing "prose in documents ends at column 100"
grep '^doc/man/' "$tmp/texts" | xargs grep -nE '^.{101}' >"$tmp/found" || :
nothing "so do the man pages"

while read -r file; do
	awk '/^ *```/ { code = !code } !code' "$file" | grep -oE '\]\([^)]*\)' | sed 's/^](//; s/)$//; s/#.*//' |
		grep -vE '^(https?:.*|mailto:.*|)$' | while read -r target; do
		[ -e "$(dirname "$file")/$target" ] || echo "$file: $target"
	done
done <"$tmp/documents" >"$tmp/found"
nothing "relative links lead somewhere"

# The project's addresses are those of AC_INIT. Others under .example would be invented.
url=$(sed -n '/^AC_INIT/,/)$/s/.*\[\(https:[^]]*\)\].*/\1/p' configure.ac)
mail=$(sed -n '/^AC_INIT/,/)$/s/.*\[\([^]]*@[^]]*\)\].*/\1/p' configure.ac)
tap_is "${url:+url} ${mail:+mail}" "url mail" "AC_INIT has the project's address, and that for bugs"
find debian packaging doc/examples -type f | cat "$tmp/documents" - |
	xargs grep -noE '[a-zA-Z0-9.@:/-]*\.(example|invalid)\b[a-zA-Z0-9.:/-]*' | grep -vF -e ":$url" -e ":$mail" >"$tmp/found" || :
nothing "no document invents another address"

{
	xargs grep -nE "[ 	]+\$|$(printf '\r')" <"$tmp/texts" || :
	while read -r file; do
		[ -z "$(tail -c 1 "$file")" ] || echo "$file: no newline at the end"
	done <"$tmp/texts"
} >"$tmp/found"
nothing "no line ends with white space or CR, every file with a newline (.editorconfig)"

# Other versions format some things otherwise. This one is Debian 12's.
if ! clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
	tap_skip "C is formatted as .clang-format says" "no clang-format 14 here"
else
	xargs clang-format --dry-run -Werror <"$tmp/sources" >"$tmp/found" 2>&1 || :
	nothing "C is formatted as .clang-format says"
fi
# Tabs reach to the next multiple of 8.
xargs awk '{
	column = 0
	for (i = 1; i <= length($0); i++)
		column += substr($0, i, 1) == "\t" ? 8 - column % 8 : 1
	if (column > 100)
		print FILENAME ":" FNR ": " $0
}' <"$tmp/sources" >"$tmp/found"
nothing "C ends at column 100"

tap_done
