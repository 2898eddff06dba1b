#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl gives the same verdicts with its standard descriptors closed, and writes into no
# wrong file.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"

shim=$lib/libnoselfconn.so
echo 'void abort(void); __attribute__((constructor)) static void start(void) { abort(); }' |
	${CC:-cc} -shared -fPIC -o "$machine$lib/crash.so" -x c -

# usage: with_closed DESCRIPTORS COMMAND...
# Sets status.
with_closed() {
	closed=$1
	shift
	status=0
	# shellcheck disable=SC2016 # the inner shell's
	sh -c 'for fd in $1; do eval "exec $fd>&-"; done; shift; exec "$@"' sh "$closed" \
		chroot "$machine" "$ctl" "$@" </dev/null >"$tmp/said" 2>&1 || status=$?
}

for closed in 0 1 2 '0 1' '0 2' '1 2' '0 1 2'; do
	rm -f "$preload"
	with_closed "$closed" --library "$lib/crash.so" enable
	tap_is "$status, $(ls "$machine/etc")" "3, " "enable refuses a library that crashes programs: without $closed"
	with_closed "$closed" enable
	case $closed in
	*1*) want=3 ;; # nobody can read the answer
	*) want=0 ;;
	esac
	tap_is "$status, $(cat "$preload")" "$want, $shim" "enable writes the entry and nothing else: without $closed"
	tap_is "$(starts)" yes "programs start: without $closed"
	echo "$lib/crash.so" >"$preload"
	with_closed "$closed" status
	tap_is "$status" 3 "status calls a library broken that crashes programs: without $closed"
done
tap_done
