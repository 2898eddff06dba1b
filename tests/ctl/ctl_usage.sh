#!/bin/sh
# SPDX-License-Identifier: MIT
# The command line of noselfconnctl: its help and its messages about mistakes.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"

# usage: wrong WORDS NAME [ARG...]
# Usage error; the first line of its message has WORDS.
wrong() {
	words=$1 name=$2
	shift 2
	run_ctl "$@"
	tap_is "$status, $(printf '%s\n' "$says" | head -n 1)" "2, noselfconnctl: $words" "wrong usage: $name"
	tap_says "^Try 'noselfconnctl --help'.$" "wrong usage: $name: it says where to look"
}
wrong "no command given" "no command"
wrong "unknown command 'enabel'; did you mean 'enable'?" "two letters in the wrong order" enabel
wrong "unknown command 'disble'; did you mean 'disable'?" "a letter that is missing" disble
wrong "unknown command 'stat'; did you mean 'stats'?" "a beginning" stat
wrong "unknown command 'port'; did you mean 'ports'?" "a singular" port
wrong "unknown command 'protect'" "a word that is like none" protect
wrong "unknown command ''" "an empty word" ''
wrong "unknown option '--frobnicate'" "no such option" --frobnicate status
wrong "unknown option '-x'" "no such letter" -x status
wrong "unknown option '-x'" "no such letter behind one" -xh status
wrong "option '--root' needs an argument" "an option without its argument" status --root
wrong "option '--json=x' takes no argument" "an argument for an option that takes none" status --json=x
wrong "option '--help=x' takes no argument" "an argument for an option with a letter" --help=x
wrong "--reserve is not an option of status" "an option of another command" --reserve status
wrong "--root is not an option of scan" "a root folder where none is looked at" --root / scan
wrong "status takes no argument: '1'" "an argument too many" status 1
for library in relative/s.so '' '/a b' /a:b '#'; do
	wrong "'$library' is neither an absolute path nor a name without a slash" "--library '$library'" \
		enable --library "$library"
done

# usage: no_port WORD NAME
# WORD is a usage error, too.
no_port() {
	run_ctl ports "$1"
	tap_is "$status" 2 "wrong usage: $2"
}
no_port 65536 "a number that is not a port"
no_port 0 "a port 0"
no_port 80x "a port with something behind"
no_port 80,81 "two ports in one"

run_ctl --root /nowhere status
tap_is "$status" 3 "a root folder that is not there"

# Help and version, long and short.
for option in --help -h; do
	run_ctl $option
	tap_is "$status" 0 "$option: exit status 0"
	tap_says '^usage: noselfconnctl COMMAND' "$option: the usage"
done
for option in --version -V; do
	run_ctl $option
	tap_is "$status, $(printf '%s\n' "$says" | grep -cE '^noselfconnctl [0-9][^ ]*$')" "0, 1" "$option: the version"
done
run_ctl scan --help
tap_is "$status" 0 "--help of one command: exit status 0"
tap_says '^usage: noselfconnctl scan \[OPTION...\]$' "--help of one command: its own usage"
tap_is "$(printf '%s\n' "$says" | grep -c -e --partial)" 0 "--help of one command: only its own options"
run_ctl --help
tap_says '^exit status: 0 ' "--help: exit statuses"
tap_is "$(printf '%s\n' "$says" | awk 'length > 100')" "" "--help: lines of at most 100 columns"

# It prints the same name whatever the program's path.
ln -s "$ctl" "$machine/bin/other-name"
status=0
says=$(in_machine /bin/other-name --frobnicate 2>&1) || status=$?
tap_says '^noselfconnctl: unknown option' "it says its name, not that of a link to it"

# Commands that need root say so.
for command in enable disable; do
	echo "$lib/libnoselfconn.so" >"$preload"
	[ $command = disable ] || rm "$preload"
	status=0
	says=$(as_nobody "$ctl" $command 2>&1) || status=$?
	tap_is "$status" 3 "$command by a user"
	tap_says '(run this as root)' "$command by a user: it says that it needs root"
done
rm -f "$preload"

status=0
"$builddir/noselfconnctl" --help >/dev/full 2>/dev/null || status=$?
tap_is "$status" 3 "standard output that cannot be written is a failure"
tap_is "$(readelf -lW "$builddir/noselfconnctl" | grep -c INTERP)" 0 "noselfconnctl is static"

tap_done
