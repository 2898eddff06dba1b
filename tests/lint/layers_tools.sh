#!/bin/sh
# SPDX-License-Identifier: MIT
# The files of the tools include each other in no circle, and each folder knows only the folders below it.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

src=$srcdir/src

# usage: includes FILE   the headers of ours that it includes, below src/: the compiler looks in its own program first
includes() {
	own=${1#"$src/"}
	sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$1" | while read -r header; do
		for folder in "${own%%/*}" common shim; do
			[ -e "$src/$folder/$header" ] || continue
			echo "$folder/$header"
			break
		done
	done
}

# Each line: a file and one that it includes, both without .c and .h.
edges() {
	for file in "$src"/common/*.[ch] "$src"/noselfconn/*.[ch] "$src"/noselfconnctl/*.[ch] "$src"/noselfconnctl/*/*.[ch]; do
		name=${file#"$src/"}
		for header in $(includes "$file"); do
			[ "${name%.*}" = "${header%.h}" ] || echo "${name%.*} ${header%.h}"
		done
	done | sort -u
}
edges >"$tmp/edges"
tap_is "$(grep -c '^noselfconnctl/main common/message$' "$tmp/edges")" 1 "the includes are found"

# tsort names the files of each circle.
tsort "$tmp/edges" >/dev/null 2>"$tmp/circles" && status=0 || status=1
sed 's/^/# /' "$tmp/circles"
tap_ok "$status" "no circle of includes"

# usage: knows_only FOLDER PATTERN   each include of its own files matches the pattern
knows_only() {
	wrong=$(grep "^$1/[^/]* " "$tmp/edges" | grep -vE " ($2)$" || :)
	tap_is "$wrong" "" "$1 knows only what is below it"
}
knows_only common 'common/.*'
knows_only noselfconn '(noselfconn|common)/.*|shim/settings'
knows_only noselfconnctl '(noselfconnctl|common)/.*|shim/(settings|config_file)'
high='noselfconnctl/(cmd_[a-z]*|ctl|main|usage)'
tap_is "$(grep -E "^noselfconnctl/[^/]*/[^ ]* $high$" "$tmp/edges" || :)" "" "no subfolder knows the command line"
for folder in "$src"/noselfconnctl/*/; do
	folder=noselfconnctl/$(basename "$folder")
	knows_only "$folder" "$folder/.*|noselfconnctl/[^/]*|common/.*|shim/(settings|config_file)"
done
tap_done
