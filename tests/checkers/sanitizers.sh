# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The sanitizers, for scripts/check: tests, tools and the preloaded shim are built with them.
# shellcheck disable=SC2154,SC2034 # dir, srcdir and environment are shared with scripts/check

# The runtime must be the first library, even before the shim.
runtime() {
	"$CC" -print-file-name="$1"
}

# usage: with_sanitizer RUNTIME
# Runs the unit tests, the live tests and the soak.
with_sanitizer() {
	first=$1
	try "tests/unit/unit" passes tests/unit/unit
	try "tests/live/live" passes env LD_PRELOAD="$first" tests/live/live
	for method in auto replace rewind; do
		environment="LD_PRELOAD=$first:$dir/.libs/libnoselfconn.so NOSELFCONN_METHOD=$method"
		try "tests/soak, $method" soak 40001 hits 600
		try "tests/soak with threads, $method" soak 40015 hits 4000 4
	done
}

check_asan() {
	flags='-g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'
	try "builds" build "$flags" libnoselfconn.la tests/unit/unit tests/live/live tests/soak/soak || return
	# use_sigaltstack: the sanitizer's own alternate signal stack breaks when a thread is
	# cancelled. detect_stack_use_after_return: fake stacks make glibc lose cleanup handlers,
	# because longjmp(3) compares their addresses.
	export ASAN_OPTIONS=use_sigaltstack=0:detect_stack_use_after_return=0:strict_string_checks=1
	export UBSAN_OPTIONS=print_stacktrace=1
	# LeakSanitizer uses /proc and ptrace(2). Tests that remove those run without it.
	export CK_EXCLUDE_TAGS=denied
	with_sanitizer "$(runtime libasan.so)"
	unset CK_EXCLUDE_TAGS
	export CK_INCLUDE_TAGS=denied ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
	try "tests/live/live in sandboxes and without /proc" passes env LD_PRELOAD="$(runtime libasan.so)" tests/live/live
	unset CK_INCLUDE_TAGS
	sanitized_tools
}

# Only the tools are sanitized, not the programs that their tests run under the shim.
sanitized_tools() {
	dir=$dir/tools builddir=$builddir/tools
	mkdir -p "$dir"
	# shellcheck disable=SC2016 # make's
	sanitized='$(NSC_CFLAGS) -g -O1 -fno-sanitize-recover=all'
	address=-fsanitize=address,undefined
	try "the tools build" build '-g -O2' all tests/lib/retry_loop \
		noselfconn_CFLAGS="$sanitized $address" noselfconnctl_CFLAGS="$sanitized $address" \
		noselfconn_LDFLAGS=$address noselfconnctl_LDFLAGS=$address || return
	# They also run under LD_PRELOAD, where the shim comes before the runtime.
	export ASAN_OPTIONS=use_sigaltstack=0:verify_asan_link_order=0:strict_string_checks=1:fast_unwind_on_malloc=0
	# A copy, because a test runs a tool as another user, who may not be able to read the tree.
	suppressions=$(mktemp)
	trap 'rm -f "$suppressions"' EXIT
	cat "$srcdir/tests/checkers/lsan.supp" >"$suppressions"
	chmod 644 "$suppressions"
	export LSAN_OPTIONS="suppressions=$suppressions:print_suppressions=0"
	for test in command/noselfconn command/noselfconn_reach command/noselfconn_library ctl/ctl_scan; do
		try "tests/$test.sh" passes sh "$srcdir/tests/$test.sh"
	done
	# ctl_machine.sh needs a static noselfconnctl, which ASan cannot build.
	rm -f noselfconnctl src/*/noselfconnctl-*.o src/noselfconnctl/*/*.o
	try "the tools build, static" build '' noselfconnctl noselfconnctl_CFLAGS="$sanitized -fsanitize=undefined" \
		noselfconnctl_LDFLAGS='-all-static -fsanitize=undefined' || return
	for test in ctl/ctl_enable ctl/ctl_status ctl/ctl_ports ctl/ctl_broken ctl/ctl_abis; do
		try "tests/$test.sh" passes sh "$srcdir/tests/$test.sh"
	done
}

# Calls the interposed functions before the library's constructor: only a program that contains them
# can.
early() {
	# shellcheck disable=SC2086 # words
	$CC -std=gnu11 -D_GNU_SOURCE '-DPACKAGE_VERSION="early"' -I "$srcdir/src/shim" $flags -pthread -o "$dir/early" \
		"$srcdir/tests/checkers/early.c" "$srcdir"/src/shim/*.c -ldl && "$dir/early"
}

check_tsan() {
	flags='-g -O1 -fno-omit-frame-pointer -fsanitize=thread'
	try "builds" build "$flags" libnoselfconn.la tests/unit/unit tests/live/live tests/soak/soak || return
	# TSan adds a thread to each process and delays signal handlers.
	export CK_EXCLUDE_TAGS='alone prompt' TSAN_OPTIONS=halt_on_error=1
	try "tests/checkers/early" early
	with_sanitizer "$(runtime libtsan.so)"
}
