# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# For scripts/check: the tests run every line and every branch of src/shim.
# shellcheck disable=SC2154 # scripts/check sets dir, srcdir, top

all_tests() {
	passes tests/unit/unit || return
	passes tests/faults/faults || return
	for test in live/live_ways live/settings live/plugins; do
		passes sh "$srcdir/tests/$test.sh" || return
	done
}

# usage: covered ARGUMENT...
# Prints gcovr's report, which must not be empty.
covered() {
	gcovr --root "$top" --filter "$top/src/shim/" "$@" "$dir/src/shim" >"$dir/report" || status=$?
	cat "$dir/report"
	[ "$status" -eq 0 ] && grep -q '^TOTAL *[1-9]' "$dir/report"
}

# A line or branch that no test can reach has a GCOVR_EXCL marker in the source, with a reason.
check_coverage() {
	# Threads and signal handlers count, too. Without optimization, branches match those of the
	# source.
	try "builds" build '-g -O0 --coverage -fprofile-update=atomic' libnoselfconn.la tests/unit/unit tests/live/live tests/faults/faults || return
	find "$dir" -name '*.gcda' -exec rm -f {} +
	try "the tests pass" all_tests || return
	try "every line is run" covered --fail-under-line 100
	try "every branch is taken" covered --branches --fail-under-branch 100
}
