# SPDX-License-Identifier: MIT
# Makes the table of doc/KERNELS.md: for each fact its values, and the kernels that give them.
# usage: awk -f table.awk FACTS...
# Each file is RELEASE.facts. Of several kernels of one series the first counts.

FNR == 1 {
	release = FILENAME
	sub(/.*\//, "", release)
	match(release, /^[0-9]+\.[0-9]+/)
	series = substr(release, 1, RLENGTH)
	counts = !(series in seen)
	seen[series] = 1
}

counts {
	at = index($0, "\t")
	fact = substr($0, 1, at - 1)
	value = substr($0, at + 1)
	if (!(fact in known)) {
		known[fact] = 1
		facts[++fact_count] = fact
	}
	if (!((fact, value) in kernels))
		values[fact, ++value_count[fact]] = value
	kernels[fact, value] = kernels[fact, value] (kernels[fact, value] == "" ? "" : ", ") series
	all = all (index(", " all ",", ", " series ",") ? "" : (all == "" ? "" : ", ") series)
}

END {
	print "| asked of the kernel | answer | kernels |"
	print "|---|---|---|"
	for (i = 1; i <= fact_count; i++)
		for (k = 1; k <= value_count[facts[i]]; k++) {
			value = values[facts[i], k]
			from = kernels[facts[i], value]
			print "| " (k == 1 ? facts[i] : "") " | " value " | " (from == all ? "all" : from) " |"
		}
}
