#!/bin/sh
# SPDX-License-Identifier: MIT
# Installed programs and runtimes, one per file in tests/clients/programs. Without the shim each
# connects to itself. With it, each is refused as by any port without a server, and reaches a server
# as usual.
#
# usage: real_programs.sh [NAME...]
# The default is all of them. scripts/clients makes a table of the file that MATRIX names.
# shellcheck disable=SC2154 # set by tap.sh and by the descriptions
srcdir=${srcdir:-$(CDPATH='' cd "$(dirname "$0")/../.." && pwd)}
clients=$srcdir/tests/clients/programs

# usage: run CASE RUN [LIBRARY]
# Runs $name once in a private network namespace.
run() {
	directory=$out/$name/$2
	mkdir -p "$directory"
	case $1 in
	itself) range='40000 40001' ;;
	elsewhere) range='50000 50001' ;;
	# Extra ports: earlier clients may occupy their source ports for a while.
	served) range='40000 40099' ;;
	esac
	# shellcheck disable=SC2086 # two words
	NOSELFCONN_LOG="$directory/log" "$srcdir/scripts/netns" $range -- \
		sh "$srcdir/tests/clients/run_one.sh" "$name" "$1" "$directory" ${3:+"$3"} >"$directory/trouble" 2>&1 || :
}

# usage: real_programs.sh --run OUT LIBRARY NAME
# Makes all runs of one client. The script starts itself this way, two at a time.
if [ "${1-}" = --run ]; then
	set -eu
	out=$2 library=$3 name=$4 methods='replace rewind' limit=''
	# shellcheck source=/dev/null
	. "$clients/$name"
	run itself alone
	run elsewhere refused
	run itself auto "$library"
	for method in $methods; do
		[ -n "$limit" ] || NOSELFCONN_METHOD=$method run itself "$method" "$library"
	done
	run served served
	run served shimmed "$library"
	exit
fi

. "$srcdir/tests/lib/tap.sh"
matrix=${MATRIX:-$tmp/matrix}
# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(cd "$clients" && ls)

got() {
	cat "$tmp/$name/$1" 2>/dev/null || cat "$tmp/$name/${1%/*}/trouble"
}

# usage: tap_says RUN STATUSES-AND-WORDS NAME
tap_says() {
	says=0
	got "$1/said" | grep -qE -- "$2" || says=1
	[ $says -eq 0 ] || printf '# wanted: %s\n# in: %s\n' "$2" "$(got "$1/said")"
	tap_ok $says "$3"
}

# Prints the program's words that match the expression.
words() {
	got "$1/said" | grep -oE -- "$2" | head -n 1
}

connects_to_itself() {
	got "$1/seen" | grep -q . && found=0 || found=1
	tap_ok "$found" "$name connects to itself $2"
}

is_refused() {
	tap_says "$1" "$refused" "$name is refused and says so (METHOD=$1)"
	tap_is "$(got "$1/status") $(got "$1/said")" "$(got refused/status) $(got refused/said)" \
		"$name prints and returns the same as for any port without a server (METHOD=$1)"
	took=$1
	[ "$took" != auto ] || took=$way
	actions=$(sed -n "s/.* address=.*:$port action=\([a-z]*\) .*/\1/p" "$tmp/$name/$1/log" | sort -u)
	case $took in
	# A child process may or may not have ended by then, or only newer versions have a thread.
	'replace or rewind') [ "$actions" != replace ] && [ "$actions" != rewind ] || took=$actions ;;
	esac
	tap_is "$actions" "$took" "$name had its self-connection undone by $took (METHOD=$1)"
	tap_is "$(got "$1/seen")$(got "$1/left")$(got "$1/binds")" binds \
		"$name leaves nothing of the port, and it is free for any server (METHOD=$1)"
}

# Otherwise the runs with the shim would prove nothing.
is_not_refused_alone() {
	differs=0
	[ "$(got alone/status) $(got alone/said)" != "$(got refused/status) $(got refused/said)" ] || differs=1
	[ -z "$(words alone "$refused")" ] || differs=1
	tap_ok "$differs" "$name is not refused without the shim"
}

is_served() {
	tap_says served "$served" "$name reaches a server without the shim"
	[ "$(got served/status)" -ne 124 ] && came_back=0 || came_back=1
	tap_ok "$came_back" "$name comes back from it"
	tap_is "$(got shimmed/status) $(got shimmed/said)" "$(got served/status) $(got served/said)" \
		"$name says and returns the same of a server with the shim"
	tap_is "$(cat "$tmp/$name/shimmed/log" 2>/dev/null)" '' "$name has nothing undone where a server listens"
}

# Prints the upstream part of Debian's version.
version() {
	dpkg-query -W -f '${Version}\n' "${package%% *}" 2>/dev/null | sed 's/^[0-9]*://; s/-[^-]*$//; s/[+~].*//'
}

# usage: row WITHOUT WITH WAY
# The row is tab-separated.
row() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$program" "$(version)" "$layer" "$1" "$2" "$3" \
		"the same: $(words shimmed "$served")" >>"$matrix"
}

judge() {
	port=40000 methods='replace rewind' limit='' alone=''
	# shellcheck source=/dev/null
	. "$clients/$name"
	connects_to_itself alone "without the shim"
	itself="itself${alone:+: $(words alone "$alone")}"
	if [ -n "$limit" ]; then
		connects_to_itself auto "with it, too, which is a limit ($limit)"
		way=none
		row "$itself" "itself: $limit" $way
	else
		is_not_refused_alone
		for method in auto $methods; do
			is_refused "$method"
		done
		row "$itself" "$(words auto "$refused")" "$way"
	fi
	is_served
	documented=$(grep -F "| $program |" "$srcdir/doc/CLIENTS.md" | awk -F ' [|] ' '{ print $3, $6 }')
	tap_is "$documented" "$layer $way" "$name is in doc/CLIENTS.md as it is"
}

is_there() {
	# shellcheck source=/dev/null disable=SC2086 # words
	(. "$clients/$name" && dpkg-query -W $package) >/dev/null 2>&1
}

for name; do
	! is_there || echo "$name"
done | xargs -P "$(nproc)" -n 1 sh "$srcdir/tests/clients/real_programs.sh" --run "$tmp" "$library"
for name; do
	# Clear the previous client's settings.
	unset program package layer refused served way
	if is_there; then
		judge
	else
		tap_skip "$name" "it is not installed: scripts/setup clients installs it"
	fi
done
tap_done
