# SPDX-License-Identifier: MIT
# States in sentences what the shim costs, from a benchmark's summary (summary.sh). Facts only, no
# verdicts.
BEGIN {
	FS = "\t"
}

{
	bare[$1, $2] = $5
	with[$1, $2] = $6
	added[$1, $2] = $7
	ratio[$1, $2] = $10
	if ($1 == "process start" && $2 !~ /^(control|noselfconn|jump|look)$/)
		others[++other_count] = $2
	if ($2 == "noselfconn" && ($1 ~ /^(connect|send|request)/ || $1 ~ /threads?: /))
		calls[++call_count] = $1
	if ($1 ~ /^repair: /)
		repairs[++repair_count] = $1
}

# A value that rounds to zero has no sign.
function no_minus_zero(value, half) {
	return value < half && value > -half ? 0 : value
}

# Nanoseconds, and the share of the call in percent.
function cost(measure, subject) {
	return sprintf("%.0f ns (%.2f %%)", no_minus_zero(added[measure, subject], 0.5), \
		no_minus_zero((ratio[measure, subject] - 1) * 100, 0.005))
}

function start(    i, line) {
	line = sprintf("process start: noselfconn adds %.1f us", added["process start", "noselfconn"])
	for (i = 1; i <= other_count; i++)
		line = line sprintf("%s %s %.1f", i == 1 ? ";" : ",", others[i], added["process start", others[i]])
	print line
}

function call(measure,    line) {
	line = sprintf("%s: the shim adds %s", measure, cost(measure, "noselfconn"))
	if ((measure, "look") in ratio)
		line = line "; the thinnest possible wrapper " cost(measure, "look")
	print line "; noise " cost(measure, "control")
}

function repair(measure) {
	printf "%s: %.1f us, of which %.1f are system calls that no repair can do without\n", measure, \
		with[measure, "noselfconn"] / 1000, bare[measure, "noselfconn"] / 1000
}

END {
	print ""
	start()
	for (i = 1; i <= call_count; i++)
		call(calls[i])
	for (i = 1; i <= repair_count; i++)
		repair(repairs[i])
	printf "the tenth million of connects: %.4f times the cost of the first; memory after them: %d KiB more\n", \
		ratio["the tenth million of connects", "noselfconn"] / ratio["the first million of connects", "noselfconn"], \
		added["memory from then to the tenth", "noselfconn"]
}
