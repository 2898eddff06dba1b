# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# For the tests of the packages. Usage: dead_links FOLDER: prints each relative link in the
# documents below the folder that leads nowhere.
dead_links() {
	find "$1" -name '*.md' | while read -r document; do
		grep -oE '\]\([^)]*\)' "$document" | sed 's/^](//; s/)$//; s/#.*//' | grep -v ':' | while read -r target; do
			[ -e "$(dirname "$document")/$target" ] || echo "${document##*/}: $target"
		done
	done
}
