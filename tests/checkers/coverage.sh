# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Coverage of src/shim, for scripts/check: which lines and branches the tests have run.
# shellcheck disable=SC2154 # scripts/check sets dir, srcdir, top, writes

all_tests() {
	passes tests/unit || return
	passes tests/faults/faults || return
	# They wait most of the time.
	for way in auto=METHOD replace=METHOD rewind=METHOD refuse=GIVE_UP; do
		env "NOSELFCONN_${way#*=}=${way%=*}" tests/live >"$dir/live-${way%=*}" 2>&1 &
	done
	wait
	for way in auto replace rewind refuse; do
		passes cat "$dir/live-$way" || return
	done
	for test in settings neighbours; do
		passes sh "$srcdir/tests/$test.sh" || return
	done
}

measure() {
	gcovr --root "$top" --filter "$top/src/shim/" --json "$dir/coverage.json" "$dir/src/shim"
}

check_coverage() {
	# Counts that threads and signal handlers write; without optimization, a branch is one of the source.
	try "builds" build '-g -O0 --coverage -fprofile-update=atomic' libnoselfconn.la tests/unit tests/live tests/faults/faults || return
	find "$dir" -name '*.gcda' -exec rm -f {} +
	try "the tests pass" all_tests || return
	try "gcovr" measure || return
	[ "$writes" = no ] || python3 "$top/tests/checkers/coverage.py" --write "$top" "$dir/coverage.json" || return
	for what in lines branches named; do
		try "$what" python3 "$top/tests/checkers/coverage.py" "--$what" "$top" "$dir/coverage.json"
	done
}
