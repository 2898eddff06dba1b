#!/bin/sh
# SPDX-License-Identifier: MIT
# Confirms the results of tests/faults/faults on a real program: strace makes one of its system
# calls fail.
srcdir=${srcdir:-$(CDPATH='' cd "$(dirname "$0")/../.." && pwd)}
. "$srcdir/tests/lib/tap.sh"

log=$tmp/log
${CC:-cc} -o "$tmp/ask" "$srcdir/tests/lib/ask_plugin.c" -ldl
if ! "$netns" -- strace -qq -o /dev/null -e inject=getppid:error=EPERM:when=1 true 2>/dev/null; then
	tap_skip "faults that strace makes" "no strace here that can, or no namespaces"
	tap_done
	exit
fi

# Prints the program's output and the log.
outcome() {
	case $(cat "$tmp/said"),$(cat "$log" 2>/dev/null) in
	itself,*) echo "let through" ;;
	"Connection refused,"*action=replace*outcome=refused) echo replaced ;;
	"Connection refused,"*action=rewind*outcome=refused) echo rewound ;;
	*,*outcome=errno-* | *,) echo "handed on" ;;
	*) echo "none of these" ;;
	esac
}

# usage: confirm METHOD CALL NTH ERROR EXPECTED
# The program's NTH CALL fails with ERROR.
confirm() {
	rm -f "$log"
	"$netns" 40000 40001 -- strace -qq -o "$tmp/trace" -e "trace=$2" -e "inject=$2:error=$4:when=$3" \
		-E "LD_PRELOAD=$library" -E "NOSELFCONN_METHOD=$1" -E "NOSELFCONN_LOG=$log" \
		"$tmp/ask" >"$tmp/said" 2>"$tmp/errors" || :
	sed 's/^/# /' "$tmp/errors"
	tap_is "$(grep -c "= -1 $4 .*(INJECTED)" "$tmp/trace") $(outcome)" "1 $5" "$1: $2 $3 gives $4: $5"
}

# The first socket is the program's, the second the holder and the third the twin.
for method in rewind replace auto; do
	repaired=replaced
	[ $method != rewind ] || repaired=rewound
	confirm $method connect 1 ENETUNREACH "handed on"
	confirm $method connect 2 EBUSY "let through"
	confirm $method connect 3 ETIMEDOUT "handed on"
	confirm $method getsockname 1 ENOBUFS "let through"
	confirm $method getsockname 2 ENOBUFS "let through"
	confirm $method getpeername 1 EINVAL "let through"
	confirm $method getsockopt 1 EPERM "let through"
	confirm $method socket 2 EMFILE rewound
	confirm $method bind 1 EADDRINUSE rewound
	confirm $method setsockopt 1 EPERM $repaired
done
for method in replace auto; do
	confirm $method socket 3 ENFILE rewound
	confirm $method dup3 1 EBUSY replaced
	confirm $method dup3 1 EMFILE rewound
done
confirm auto waitid 1 EPERM rewound
confirm auto getdents64 1 ENOENT rewound
confirm auto readlinkat 1 EACCES rewound
tap_done
