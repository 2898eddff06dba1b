# SPDX-License-Identifier: MIT
# Says from the summary of a benchmark (summary.sh) which of the promises on what the shim costs hold in this run.
BEGIN {
	FS = "\t"
}

{
	bare[$1, $2] = $5
	with[$1, $2] = $6
	added[$1, $2] = $7
	ratio[$1, $2] = $10
	low[$1, $2] = $11
	if ($1 == "process start" && $2 !~ /^(control|minimal|noselfconn|jump|look)$/)
		others[++other_count] = $2
	if ($1 ~ /^repair/)
		repairs[$1] = $6 / 1000
}

function point(holds, text) {
	printf "%-5s %s\n", holds ? "holds" : "FAILS", text
}

function no_more(measure, limit) {
	point(ratio[measure, "noselfconn"] <= limit, sprintf("%s: ratio %.4f <= %.3f (control %.4f%s)", measure, \
		ratio[measure, "noselfconn"], limit, ratio[measure, "control"], \
		(measure, "look") in ratio ? sprintf(", thinnest wrapper %.4f", ratio[measure, "look"]) : ""))
}

# Only what the method takes; `count` is a regular expression.
function time_of(method, count,    name) {
	for (name in repairs)
		if (name ~ "^repair: " method " with " count " ")
			return repairs[name]
	return 0
}

function repair(method, limit,    few, many) {
	few = time_of(method, "10")
	many = time_of(method, "[0-9][0-9][0-9][0-9][0-9]+")
	point(few <= limit, sprintf("repair by %s: %.1f us <= %d us", method, few, limit))
	point(many <= 2 * few, sprintf("the same with the most descriptors: %.1f us <= 2 * %.1f us", many, few))
}

function slope(    change) {
	change = ratio["the tenth million of connects", "noselfconn"] / ratio["the first million of connects", "noselfconn"]
	point(change <= 1.02, sprintf("the tenth million of connects: %.4f times the cost of the first <= 1.02", change))
	point(added["memory from then to the tenth", "noselfconn"] <= 0, sprintf("memory after them: %d KiB more", \
		added["memory from then to the tenth", "noselfconn"]))
}

END {
	start = "process start"
	print ""
	for (i = 1; i <= other_count; i++)
		point(added[start, "noselfconn"] <= added[start, others[i]], sprintf("process start: +%.1f us, %s +%.1f us", \
			added[start, "noselfconn"], others[i], added[start, others[i]]))
	no_more("connect: outside the range", 1.005)
	no_more("connect: refused", 1.005)
	no_more("connect: AF_UNIX", 1.005)
	no_more("connect: UDP outside the range", 1.005)
	no_more("connect: EBADF", 1.005)
	no_more("sendto: UDP", 1.005)
	no_more("sendmsg: UDP", 1.005)
	no_more("sendmmsg: UDP", 1.005)
	no_more("connect: inside the range", 1.04)
	repair("rewind", 15)
	repair("replace", 60)
	no_more("8 threads: outside the range", 1.005)
	no_more("8 threads: inside the range", 1.04)
	slope()
}
