#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints medians and spread of a benchmark's raw figures, as tab-separated lines in the order of the measures:
# measure, subject, unit, rounds, bare, with, added, its quartiles, with / bare, the 95 % interval of that median.
# usage: summary.sh CSV
set -eu

# Prints one line per figure, with the number of its group in front, and sorts each group by value.
awk -F, 'NR > 1 && NF == 6 {
	group = $1 "\t" $2 "\t" $3
	if (!($1 in first))
		first[$1] = ++measures * 1000
	if (!(group in place))
		place[group] = first[$1] + ++groups[$1]
	for (i = 0; i < 4; i++) {
		value = i == 0 ? $5 : i == 1 ? $6 : i == 2 ? $6 - $5 : $5 ? $6 / $5 : 0
		printf "%d\t%s\t%d\t%.6f\n", place[group], group, i, value
	}
}' "$1" | sort -t '	' -k 1,1n -k 5,5n -k 6,6n | awk -F '\t' '
	function at(rank) {
		rank = int(rank)
		return value[rank < 1 ? 1 : rank > n ? n : rank]
	}
	function median() {
		return (at((n + 1) / 2) + at((n + 2) / 2)) / 2
	}
	function end_of_figure() {
		if (!n)
			return
		if (figure == 0)
			line = group "\t" n
		line = line "\t" median()
		if (figure == 2)
			line = line "\t" at((n + 3) / 4) "\t" at((3 * n + 1) / 4)
		# Settings of the file, which the environment overrides.
		if (figure == 3)
			print line "\t" at(n / 2 - 0.98 * sqrt(n)) "\t" at(n / 2 + 1 + 0.98 * sqrt(n))
		n = 0
	}
	BEGIN { CONVFMT = OFMT = "%.7g" }
	$1 "\t" $5 != key {
		end_of_figure()
		key = $1 "\t" $5
		group = $2 "\t" $3 "\t" $4
		figure = $5
	}
	{ value[++n] = $6 + 0 }
	END { end_of_figure() }'
