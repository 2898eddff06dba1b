#!/bin/sh
# SPDX-License-Identifier: MIT
# A short run of scripts/fuzz: the corpus and random sequences. Then bugs are planted on purpose,
# and it must find each.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

tap_needs_netns

# usage: fuzz [ARGUMENT...]
# Runs scripts/fuzz on the existing build. Sets $status, and $tally to its last line.
fuzz() {
	status=0
	"$srcdir/scripts/fuzz" --built "$builddir" --keep "$tmp" --jobs 2 "$@" >"$tmp/out" 2>&1 || status=$?
	tally=$(tail -n 1 "$tmp/out")
}

# usage: tap_fuzzed NAME
# Passes if there was no difference; otherwise shows the first.
tap_fuzzed() {
	[ $status -eq 0 ] || head -n 60 "$tmp/out" | sed 's/^/# /'
	echo "# $tally"
	tap_is "$status" 0 "$1"
}

inputs=$(find "$srcdir/tests/fuzz/corpus" -type f)
# shellcheck disable=SC2086 # words
set -- $inputs
fuzz "$@"
tap_fuzzed "the corpus shows no difference"
tap_is "$(grep -c '/corpus/' "$tmp/out")" $# "each of the corpus's $# files was run"

fuzz --runs 8000 --seed 20
tap_fuzzed "random sequences show no difference"
case $tally in
"8000 sequences, "*) status=0 ;;
*) status=1 ;;
esac
tap_ok $status "all random sequences were run"
for count in 'self-connections prevented' 'left to programs that meant them'; do
	number=$(echo "$tally" | sed -n "s/.* \([0-9]*\) $count.*/\1/p")
	[ "${number:-0}" -ge 20 ] && status=0 || status=1
	tap_ok $status "among them many $count: ${number:-none}"
done

# usage: plant NAME FILE EXPRESSION
# Builds the shim with this sed edit and passes if the fuzzer finds the bug.
plant() {
	rm -rf "$tmp/shim"
	cp -R "$srcdir/src/shim" "$tmp/shim"
	sed "$3" "$srcdir/src/shim/$2" >"$tmp/edited"
	if cmp -s "$tmp/edited" "$srcdir/src/shim/$2"; then
		echo "# '$3' changes nothing in $2"
		tap_ok 1 "a shim $1 is found out"
		return
	fi
	cp "$tmp/edited" "$tmp/shim/$2"
	# shellcheck disable=SC2086 # words
	if ! ${CC:-cc} -std=gnu11 -D_GNU_SOURCE '-DPACKAGE_VERSION="fuzz"' -O1 -fPIC -shared -fvisibility=hidden \
		-o "$tmp/planted.so" "$tmp/shim"/*.c -Wl,--version-script="$tmp/shim/noselfconn.map" 2>"$tmp/cc.log"; then
		sed 's/^/# /' "$tmp/cc.log"
		tap_ok 1 "a shim $1 is found out"
		return
	fi
	fuzz --library "$tmp/planted.so" --runs 60000 --seconds 60 --seed 1
	found=$(echo "$tally" | sed -n 's/.* \([0-9]*\) differences$/\1/p')
	echo "# $tally"
	[ "$status" -eq 1 ] && [ "${found:-0}" -gt 0 ] && status=0 || status=1
	tap_ok $status "a shim $1 is found out"
}

plant "that guards nothing" interpose.c 's/if (nsc_guard_needed_after(result < 0, address, length))/if (0)/'
plant "that drops O_NONBLOCK" twin.c 's/flags & O_NONBLOCK)/0)/; s/return nsc_fcntl(twin, F_GETFL, 0) == flags/return true/'
plant "that clobbers errno" guard.c 's/^\terrno = attempt.result < 0 .*/\terrno = 0;/'
plant "that takes close-on-exec away" repair.c 's/(flags & FD_CLOEXEC) ? O_CLOEXEC : 0/0/'
plant "that keeps its holder open" hold.c 's/nsc_close(held->fd)/(void)0/'
plant "that forgets the options" twin.c 's/carry_options(fd, twin, family) && //; /^static bool carry_options/s/^/__attribute__((unused)) /'
plant "that takes every port for the kernel's" repair.c 's/ : NSC_REPAIR_OWN;/ : NSC_REPAIR_REWOUND;/'
plant "that replaces what has a duplicate" fd_table.c 's/return is_socket(file, socket) ||/return (void)socket, false ||/'
plant "that loses MSG_FASTOPEN" interpose.c 's/c->data, c->size, c->flags, /c->data, c->size, c->flags \& ~MSG_FASTOPEN, /'
plant "that makes a deliberate connection again when asked for it" detect.c 's/if (result != 0)$/if (1)/'

tap_done
