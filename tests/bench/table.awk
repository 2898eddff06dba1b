# SPDX-License-Identifier: MIT
# Prints the table of a benchmark from its summary (summary.sh).
BEGIN {
	FS = "\t"
	printf "%-37s %-14s %8s %10s %10s %10s %21s %8s %17s\n", "measure", "subject", "unit", "bare", "with", "added", \
		"quartiles of added", "ratio", "95 % interval"
}

function digits(value) {
	value = value < 0 ? -value : value
	return value == int(value) ? "%d" : value < 100 ? "%.2f" : "%.0f"
}

function show(value) {
	return sprintf(digits(value), value)
}

{
	if (last != "" && $1 != last)
		print ""
	last = $1
	ratio = $5 > 0 ? sprintf("%.4f", $10) : "-"
	interval = $5 > 0 ? sprintf("%.4f .. %.4f", $11, $12) : "-"
	printf "%-37s %-14s %8s %10s %10s %10s %9s .. %8s %8s %17s\n", $1, $2, $3, show($5), show($6), show($7), \
		show($8), show($9), ratio, interval
}
