# SPDX-License-Identifier: MIT
# Compares the runs of one suite, for scripts/suites. Reads a file per run, called without.N/sorted or with.N/sorted, of
# lines "TEST<tab>passed|failed|skipped"; takes `rounds`, their number each. Writes, with tabs:
#
#   differs TEST PASSED-WITHOUT/ROUNDS PASSED-WITH/ROUNDS   ended alike in all runs without, not so in most of those with
#   unsteady TEST ...                                       did not end alike in all runs, but no such
#   sum TESTS PASSED-WITHOUT PASSED-WITH DIFFERING UNSTEADY SKIPPED   the unsteady are in the first and fifth only

# How a test ended in all runs of a kind, or "".
function always(test, kind,    status) {
	for (status in statuses)
		if (count[test, kind, status] + 0 == rounds)
			return status
	return test_runs[test, kind] ? "" : "missing"
}

# In how many runs with the shim it ended like that.
function alike(test, status) {
	return status == "missing" ? rounds - test_runs[test, "with"] : count[test, "with", status] + 0
}

function fraction(test, kind) {
	return count[test, kind, "passed"] + 0 "/" rounds
}

BEGIN {
	FS = OFS = "\t"
	statuses["passed"]
	statuses["failed"]
	statuses["skipped"]
}

{
	kind = FILENAME ~ /\/with\.[0-9]*\/[^\/]*$/ ? "with" : "without"
	tests[$1]
	test_runs[$1, kind]++
	count[$1, kind, $2]++
}

END {
	for (test in tests) {
		sum++
		before = always(test, "without")
		if (before == "" || alike(test, before) != rounds) {
			verdict = before != "" && alike(test, before) * 2 < rounds ? "differs" : "unsteady"
			number[verdict]++
			print verdict, test, fraction(test, "without"), fraction(test, "with")
			if (verdict == "unsteady")
				continue
		}
		passed_without += before == "passed"
		passed_with += always(test, "with") == "passed"
		skipped += before == "skipped"
	}
	print "sum", sum + 0, passed_without + 0, passed_with + 0, number["differs"] + 0, number["unsteady"] + 0, skipped + 0
}
