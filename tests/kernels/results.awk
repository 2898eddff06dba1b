# SPDX-License-Identifier: MIT
# Turns the second serial port's output of a kernel booted by scripts/kernels into TAP without
# numbers.
# usage: awk -v release=RELEASE -v run=NAME,NAME... -f results.awk RESULTS
# It ignores facts (lines with a tab) and measurements (CSV), which other scripts read.

function result(good, what) {
	print (good ? "ok" : "not ok") " - " release ", " what
}

function finish(status) {
	if (name in takes_no_plan)
		result(status == 0 && lines > 0, name ": came to its end")
	else if (status != 0 || plan == "" || plan != cases)
		result(0, name ": ended with status " status " after " cases " of " (plan == "" ? "?" : plan) " cases")
	ended[name] = 1
	name = ""
}

BEGIN {
	takes_no_plan["facts"] = takes_no_plan["repairs"] = 1
}

{ sub(/\r$/, "") }

/^= begin / { name = $3; plan = ""; cases = lines = 0; next }
/^= end / { finish($4); next }
/^= over$/ { over = 1; next }
name == "" { next }
name in takes_no_plan { lines++; next }
/^1\.\.[0-9]+/ { plan = substr($1, 4); next }
/^(not )?ok / {
	cases++
	good = $1 == "ok"
	skip = match($0, / # SKIP/) ? substr($0, RSTART) : ""
	what = skip == "" ? $0 : substr($0, 1, RSTART - 1)
	sub(/^(not )?ok [0-9]+ - /, "", what)
	# Check prints FILE:CASES:TEST: MESSAGE. The message matters only if the test failed.
	if (match(what, /:test_[a-z0-9_]+: /)) {
		if (!good)
			print "# " release ", " name ": " what
		what = substr(what, RSTART + 1, RLENGTH - 3)
	}
	result(good, name ": " what skip)
	next
}
/^#/ { print "# " release ", " name ": " substr($0, 3) }

END {
	if (name != "")
		result(0, name ": the machine stopped in it")
	wanted = split(run, names, ",")
	for (i = 1; i <= wanted; i++)
		if (!(names[i] in ended) && names[i] != name)
			result(0, names[i] ": not run")
	if (!over && name == "")
		result(0, "the machine did not come to its end")
}
