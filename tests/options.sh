#!/bin/sh
# SPDX-License-Identifier: MIT
# doc/OPTIONS.md says of every option what options.c does, and leaves out none that this machine's headers name.
. "$srcdir/tests/tap.sh"

document=$srcdir/doc/OPTIONS.md

# The second column of the tables under a heading: "LEVEL OPTION".
rows() {
	awk -F ' *[|] *' -v heading="## $1" '
		/^## / { inside = ($0 == heading) }
		inside && $2 ~ /^(SOL_SOCKET|IPPROTO_)/ { print $2, $3 }' "$document" | sort
}

# The table in the code, of one rule.
rule() {
	sed -n "s/^\t{\([A-Z_0-9]*\), \([A-Z_0-9]*\), $1, [-0-9A-Z]*},.*/\1 \2/p" "$srcdir/src/shim/options.c"
}

carried() {
	rule COPY
	sed -n 's/.*carry_buffer(fd, twin, \(SO_[A-Z]*\),.*/SOL_SOCKET \1/p' "$srcdir/src/shim/twin.c"
}

reasons() {
	rule SAME
	sed -n 's/.*\(SOL_SOCKET\), \(SO_NETNS_COOKIE\|SO_BUF_LOCK\),.*/\1 \2/p' \
		"$srcdir/src/shim/twin.c" "$srcdir/src/shim/repair.c" | sort -u
}

tap_is "$(rows 'Carried by replacement')" "$(carried | sort)" "the options carried are those of the document"
tap_is "$(rows 'Reasons to rewind')" "$(reasons | sort)" "the reasons to rewind are those of the document"
tap_is "$(rows 'Destroyed by tearing down, and restored')" \
	"$(sed -n 's/^\t\[[A-Z_]*\] = {\([A-Z_]*\), \([A-Z_]*\)},/\1 \2/p' "$srcdir/src/shim/salvage.c" | sort)" \
	"the options restored are those of the document"

# Names that are values, sizes or parts of structures rather than options.
values='^(SO_.*_(OLD|NEW)|TCP_(MSS_.*|REPAIR_(ON|OFF.*)|MD5SIG_.*|CM_.*|RECEIVE_.*|.*_FLAGS?_.*)|IP_(DEFAULT_.*|MAX_.*|PMTUDISC.*|MSFILTER_.*)|IPV6_(FLOWINFO_(FLOW|PRIO).*|FL_.*|PMTUDISC_.*|PREFER_.*|PRIORITY_.*|RTHDR_.*|TLV_.*|TCP_AO_KEYF_.*)|MPTCP_(.*ATTR.*|.*FLAG.*|PM_.*|RST_.*))$'
cat >"$tmp/headers.c" <<'EOF'
#include <asm/socket.h>
#include <linux/tcp.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/mptcp.h>
EOF
${CC:-cc} -E -dM "$tmp/headers.c" | awk '$2 ~ /^(SO|TCP|IP|IPV6|MPTCP)_[A-Z0-9_]*$/ { print $2 }' |
	grep -Ev "$values" | sort >"$tmp/named"
grep -oE '\b(SO|TCP|IP|IPV6|MPTCP)_[A-Z0-9_]+' "$document" | sort -u >"$tmp/documented"
tap_is "$(comm -23 "$tmp/named" "$tmp/documented" | tr '\n' ' ')" "" "every option that the headers name is in the document"
tap_ok "$([ "$(wc -l <"$tmp/named")" -gt 150 ]; echo $?)" "the headers name more than 150 options"
tap_done
