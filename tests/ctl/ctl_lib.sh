# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What the tests of noselfconnctl share, with or without ctl_machine.sh's machine. Source it after
# tap.sh: `. "$srcdir/tests/ctl/ctl_lib.sh"`.
# shellcheck disable=SC2154 # tap.sh sets srcdir and tmp, who calls tap_says sets says

# usage: tap_says PATTERN NAME
# Passes if the last output matches PATTERN.
tap_says() {
	if printf '%s\n' "$says" | grep -q -- "$1"; then
		tap_ok 0 "$2"
	else
		printf '%s\n' "$says" | sed 's/^/# /'
		tap_ok 1 "$2"
	fi
}

# usage: json_of EXPRESSION
# Prints the Python expression's value; j is standard input, parsed as JSON.
json_of() {
	python3 -c 'import json, sys; j = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

# usage: sockets ARGUMENT...
# Passes the arguments to ctl_sockets.py; sets pid. The sockets stay open until sockets_end.
sockets() {
	mkfifo "$tmp/input"
	exec 9<>"$tmp/input"
	: >"$tmp/ready"
	python3 "$srcdir/tests/ctl/ctl_sockets.py" "$@" <"$tmp/input" >"$tmp/ready" 9>&- &
	pid=$!
	while ! grep -q ready "$tmp/ready"; do
		kill -0 "$pid" || exit 99
		sleep 0.05
	done
}
sockets_end() {
	exec 9>&-
	wait "$pid"
	rm "$tmp/input" "$tmp/ready"
}
