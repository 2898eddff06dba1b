#!/bin/sh
# SPDX-License-Identifier: MIT
# The table of doc/FAULTS.md, confirmed from outside: strace makes a system call of a real program under the shim fail, and what
# the program gets is in the table.
srcdir=${srcdir:-$(CDPATH='' cd "$(dirname "$0")/../.." && pwd)}
. "$srcdir/tests/lib/tap.sh"

table=$srcdir/doc/FAULTS.md log=$tmp/log
${CC:-cc} -o "$tmp/ask" "$srcdir/tests/lib/ask_plugin.c" -ldl

if ! strace -qq -o /dev/null -e inject=getppid:error=EPERM:when=1 true 2>/dev/null; then
	tap_skip "faults that strace makes" "no strace here that can, or it may not trace"
	tap_done
	exit
fi

# usage: cell PART CALL ERROR COLUMN   what the first table has there
cell() {
	awk -F ' *[|] *' -v part="$1" -v call="$2" -v error="$3" -v column="$4" '
		/^## / { inside = ($0 == "## One call fails, once") }
		inside && $2 == part && $3 == call && index(" " $4 " ", " " error " ") { print $column }' "$table"
}

# What the program said and what the log has, in the words of the table.
outcome() {
	case $(cat "$tmp/said"),$(cat "$log" 2>/dev/null) in
	itself,*) echo "let through" ;;
	"Connection refused,"*action=replace*outcome=refused) echo replaced ;;
	"Connection refused,"*action=rewind*outcome=refused) echo rewound ;;
	*,*outcome=errno-* | *,) echo "handed on" ;;
	*) echo "unheard of" ;;
	esac
}

# usage: confirm METHOD PART CALL ERROR SYSTEM-CALL NTH   the NTH of SYSTEM-CALL is the one that the table has as PART, CALL
confirm() {
	rm -f "$log"
	status=0
	"$netns" 40000 40001 -- strace -qq -o "$tmp/trace" -e "trace=$5" -e "inject=$5:error=$4:when=$6" -E "LD_PRELOAD=$library" \
		-E "NOSELFCONN_METHOD=$1" -E "NOSELFCONN_LOG=$log" "$tmp/ask" >"$tmp/said" 2>"$tmp/errors" || status=$?
	sed 's/^/# /' "$tmp/errors"
	case $1 in
	rewind) column=5 ;;
	replace) column=6 ;;
	*) column=7 ;;
	esac
	in_table=$(cell "$2" "$3" "$4" $column)
	have=$(outcome)
	given=$(grep -c "= -1 $4 .*(INJECTED)" "$tmp/trace")
	case "; $in_table; " in
	*"; $have; "*) ;;
	*) status=1 ;;
	esac
	[ "$given" -eq 1 ] || status=1
	[ $status -eq 0 ] || echo "# given $given times, have: $have, in the table: ${in_table:-nothing}"
	tap_ok $status "$1, $2: $3 gives $4: $have"
}

# The first socket is the program's, the second the holder, the third the twin; and so on.
for method in rewind replace auto; do
	confirm $method call connect ENETUNREACH connect 1
	confirm $method detect getsockname ENOBUFS getsockname 1
	confirm $method detect getpeername EINVAL getpeername 1
	confirm $method detect "getsockopt SO_PROTOCOL" EPERM getsockopt 1
	confirm $method salvage getsockname ENOBUFS getsockname 2
	confirm $method salvage getsockopt ENOPROTOOPT getsockopt 3
	confirm $method "tear down" "connect AF_UNSPEC" EBUSY connect 2
	confirm $method hold socket EMFILE socket 2
	confirm $method hold bind EADDRINUSE bind 1
	confirm $method hold "setsockopt SO_REUSEADDR" EPERM setsockopt 1
	confirm $method signals "rt_sigprocmask SIG_BLOCK" EPERM rt_sigprocmask 3
	confirm $method "call again" connect ETIMEDOUT connect 3
done
for method in replace auto; do
	confirm $method twin socket ENFILE socket 3
	confirm $method replace dup3 EBUSY dup3 1
	confirm $method replace dup3 EMFILE dup3 1
done
confirm auto sharing statx ENOSYS statx 1
confirm auto sharing waitid EPERM waitid 1
confirm auto sharing getdents64 ENOENT getdents64 1
confirm auto sharing readlinkat EACCES readlinkat 1

tap_done
