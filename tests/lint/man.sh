#!/bin/sh
# SPDX-License-Identifier: MIT
# The man pages are clean under mandoc, and tell of every option and every setting that there is, and of no other.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

pages=$srcdir/doc/man
for page in "$pages"/*.[1-8]; do
	name=$(basename "$page")
	if ! command -v mandoc >/dev/null; then
		tap_skip "$name is clean under mandoc" "no mandoc here"
		continue
	fi
	status=0
	mandoc -Tlint -Wwarning "$page" >"$tmp/lint" 2>&1 || status=1
	[ ! -s "$tmp/lint" ] || status=1
	sed 's/^/# /' "$tmp/lint"
	tap_ok $status "$name is clean under mandoc"
	tap_is "$(sed -n 's/^\.Dt //p' "$page" | tr ' ' . | tr '[:upper:]' '[:lower:]')" "$name" "$name bears its own name"
done

# The options of the command: as --help, the man page and both completions have them.
in_help=$("$builddir/noselfconn" --help | sed -nE 's/^ +(-[a-zA-Z], )?(--[a-z]+).*/\2/p' | sort)
tap_is "$(echo "$in_help" | grep -cx -- --log)" 1 "--help tells of options"
tap_is "$(sed -n 's/^\.It Fl -\([a-z]*\).*/--\1/p' "$pages/noselfconn.1" | sort)" "$in_help" \
	"noselfconn.1 tells of all of --help"
completion=$srcdir/src/completion
# shellcheck disable=SC2016 # the completion's variable
tap_is "$(grep -oE '_values "\$word" --.*' "$completion/noselfconn" | grep -oE -- '--[a-z]+' | sort)" "$in_help" \
	"bash completes all of --help"
tap_is "$(sed -n '/^_noselfconn_run/,/^}/p' "$completion/_noselfconn" | grep -oE "('(\([^)]*\))?|-[a-zA-Z],)--[a-z]+" |
	grep -oE -- '--[a-z]+' | sort)" "$in_help" "zsh completes all of --help"

# And those of noselfconnctl, with its commands.
if [ ! -x "$builddir/noselfconnctl" ]; then
	tap_skip "noselfconnctl.8 tells of all of --help" "noselfconnctl has not been built: no static libc"
else
	ctl=$builddir/noselfconnctl page=$pages/noselfconnctl.8
	commands=$("$ctl" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\).*/\1/p')
	options_of() {
		"$ctl" "$@" --help | sed -n 's/^  \(-., \)*\(--[a-z-]*\).*/\2/p' | sort
	}
	tap_is "$(echo "$commands" | grep -cx scan), $(options_of | grep -cx -- --partial)" "1, 1" \
		"noselfconnctl --help tells of options and commands"
	tap_is "$(sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' "$page" | sort -u)" "$(echo "$commands" | sort)" \
		"noselfconnctl.8 tells of all commands"
	tap_is "$(sed -n 's/^\.It Fl -\([a-z-]*\).*/--\1/p' "$page" | sort)" "$(options_of)" \
		"noselfconnctl.8 tells of all options"
	for command in $commands; do
		tap_is "$(sed -n "/^\.Cm $command\$/,/^\.Nm/s/^\.Op Fl -\([a-z-]*\).*/--\1/p" "$page" | sort)" \
			"$(options_of "$command" | grep -vx -- '--help\|--version')" "noselfconnctl.8: the options of $command"
	done
fi

# The settings: as the code and the man page have them.
settings=$(grep -oE '"NOSELFCONN_[A-Z_]+"' "$srcdir/src/shim/settings.c" | tr -d '"' | sort)
tap_is "$(echo "$settings" | grep -cx NOSELFCONN_LOG)" 1 "there are settings to tell of"
tap_is "$(sed -n 's/^\.It Ev \(NOSELFCONN_[A-Z_]*\)$/\1/p' "$pages/libnoselfconn.7" | sort)" "$settings" \
	"libnoselfconn.7 tells of all settings"
page=$(sed -n '/^\.It Ev NOSELFCONN_METHOD/,/^\.It/p; /^\.It Ev NOSELFCONN_GIVE_UP/,/^\.El/p' "$pages/libnoselfconn.7")
# shellcheck disable=SC2013 # words
for value in $(sed -n 's/.*strcmp(value, "\([a-z]*\)").*/\1/p' "$srcdir/src/shim/settings.c"); do
	tap_is "$(echo "$page" | grep -cE "^\.Cm $value( |\$)" | sed 's/^[1-9].*/told/')" told "of the value $value"
done

# A line of the log: as the code writes it.
words=$(grep -oE '" ?[a-z]+=' "$srcdir/src/shim/report.c" | grep -oE '[a-z]+' | sort -u)
for word in $words; do
	tap_is "$(grep -cE "^\.(It )?Li $word( |\$)" "$pages/libnoselfconn.7" | sed 's/^[1-9].*/told/')" told \
		"of $word in the log"
done
tap_is "$(echo "$words" | grep -cx outcome)" 1 "there are words of the log to tell of"
tap_done
