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
# Prints gcovr's report, which must not be empty. The functions of imports.h are there or not, as the libc of a process
# has them: a glibc of 2.34 or later, as here, has them all.
covered() {
	gcovr --root "$top" --filter "$top/src/shim/" "$@" --exclude-branches-by-pattern \
		'.*\b(clock_gettime|dlsym|environ|getauxval|gnu_get_libc_version|__libc_dlopen_mode|__register_atfork)\b.*' \
		"$dir/src/shim" "$dir/tests/unit" >"$dir/report" || status=$?
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
