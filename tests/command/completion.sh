#!/bin/sh
# SPDX-License-Identifier: MIT
# What bash and zsh complete, for noselfconn and noselfconnctl.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

completion=$srcdir/src/completion
mkdir -p "$tmp/bin" "$tmp/home/directory"
printf '#!/bin/sh\n' >"$tmp/bin/nsc-test-command"
chmod +x "$tmp/bin/nsc-test-command"
# The completions ask the program that is being completed.
[ ! -x "$builddir/noselfconnctl" ] || ln -s "$builddir/noselfconnctl" "$tmp/bin"
PATH=$tmp/bin:$PATH
cd "$tmp/home"

# usage: bash_completes WANT WORD...
# Completes the last WORD. Words are those of readline, which also splits at =.
bash_completes() {
	want=$1
	shift
	# shellcheck disable=SC2016 # the inner shell expands
	tap_is "$(bash --norc -c '
		. "$1/$2"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		"_$1" 2>&1
		echo "${COMPREPLY[@]}"' bash "$completion" "$@")" "$want" "bash: $*"
}
if ! command -v bash >/dev/null; then
	tap_skip "what bash completes" "no bash here"
else
	bash_completes '--log= --retries= --method= --refuse --strict --shell --help --version' noselfconn --
	bash_completes '--retries= --refuse' noselfconn --re
	bash_completes 'stderr syslog' noselfconn --log =
	bash_completes 'syslog' noselfconn --log = sy
	bash_completes 'syslog' noselfconn --log sy
	bash_completes "$tmp/home" noselfconn --log = "$tmp/hom"
	bash_completes '1 10 100' noselfconn --retries = 1
	bash_completes 'replace rewind' noselfconn --strict --method = re
	bash_completes '--refuse' noselfconn --method = auto --ref
	bash_completes 'nsc-test-command' noselfconn nsc-test
	bash_completes 'nsc-test-command' noselfconn --log = stderr nsc-test
	bash_completes 'nsc-test-command' noselfconn --refuse -- nsc-test
	bash_completes '' noselfconn nsc-test-command --re
	# shellcheck disable=SC2016 # the inner shell expands
	if [ -x "$builddir/noselfconnctl" ]; then
		commands=$(noselfconnctl --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\).*/\1/p')
		tap_is "$(echo "$commands" | grep -cx status)" 1 "there are subcommands to complete"
		bash_completes "$(echo "$commands" | tr '\n' ' ' | sed 's/ $//')" noselfconnctl ''
		for command in $commands; do
			options=$(noselfconnctl "$command" --help | sed -n 's/^  \(-., \)*\(--[a-z-]*\).*/\2/p' | tr '\n' ' ')
			bash_completes "${options% }" noselfconnctl "$command" --
		done
		bash_completes 'status' noselfconnctl --root "$tmp" statu
		bash_completes "$tmp/home/directory" noselfconnctl --root "$tmp/home/dir"
		bash_completes "$tmp/home/directory" noselfconnctl --root = "$tmp/home/dir"
		bash_completes "$tmp/home/directory" noselfconnctl enable --library "$tmp/home/dir"
		bash_completes '--json' noselfconnctl scan --j
		bash_completes '' noselfconnctl scan --library
		bash_completes '--reserve' noselfconnctl ports --res
		bash_completes '--partial' noselfconnctl --root status enable --part
	else
		tap_skip "what bash completes for noselfconnctl" "noselfconnctl has not been built: no static libc"
	fi
	# If bash-completion is loaded, it knows what other commands take.
	# shellcheck disable=SC2016 # the inner shell expands
	tap_is "$(bash --norc -c '
		. "$1"
		_command_offset() { echo "from $1"; }
		COMP_WORDS=(noselfconn --log = stderr telnet lo) COMP_CWORD=5
		_noselfconn' bash "$completion/noselfconn")" "from 4" "bash: the rest is the command's own completion"
	tap_is "$(bash --norc -c '. "$1/noselfconn"; . "$1/noselfconnctl"; complete -p' bash "$completion" | sort)" \
		"complete -F _noselfconn noselfconn
complete -F _noselfconnctl noselfconnctl" "bash: both are registered"
fi

# An interactive zsh in a terminal of its own gets each line, a tab, and a key that records the
# result.
cat >"$tmp/types.zsh" <<'EOF'
zmodload zsh/zpty
directory=$1 result=$2
shift 2
zpty shell "zsh -f -i"
zpty -w shell "PS1= TERM=dumb fpath=(${(q)directory} \$fpath)"
zpty -w shell 'autoload -U compinit && compinit -D -u; unsetopt list_beep auto_list'
zpty -w shell "show() { print -r -- \$BUFFER >>${(q)result}; BUFFER= }; zle -N show"
zpty -w shell "bindkey '^T' show; bindkey '^I' complete-word"
for line; do zpty -w -n shell "$line"$'\t\x14'; done
zpty -w shell exit
while zpty -r shell said; do print -rn -- $said; done
EOF

# Each line has the typed text, a colon, and the completed text.
lines='noselfconn --st:noselfconn --strict
noselfconn --log=sy:noselfconn --log=syslog
noselfconn --retr:noselfconn --retries=
noselfconn --method=rep:noselfconn --method=replace
noselfconn --refuse --shell --st:noselfconn --refuse --shell --st
noselfconn nsc-te:noselfconn nsc-test-command
noselfconn --refuse nsc-te:noselfconn --refuse nsc-test-command
noselfconn nsc-test-command dir:noselfconn nsc-test-command directory/
noselfconnctl en:noselfconnctl enable
noselfconnctl --root=dir:noselfconnctl --root=directory/
noselfconnctl --root directory statu:noselfconnctl --root directory status
noselfconnctl status --js:noselfconnctl status --json
noselfconnctl scan --js:noselfconnctl scan --json
noselfconnctl enable --js:noselfconnctl enable --js
noselfconnctl enable --par:noselfconnctl enable --partial
noselfconnctl status --lib:noselfconnctl status --library=
noselfconnctl ports --res:noselfconnctl ports --reserve
noselfconnctl ports 40000 --res:noselfconnctl ports 40000 --reserve'
if ! command -v zsh >/dev/null; then
	tap_skip "what zsh completes" "no zsh here"
else
	status=0
	zsh -n "$completion/_noselfconn" >"$tmp/errors" 2>&1 || status=1
	sed 's/^/# /' "$tmp/errors"
	tap_ok $status "zsh can read it"
	set --
	while IFS= read -r line; do
		set -- "$@" "${line%%:*}"
	done <<-EOF
		$lines
	EOF
	timeout 120 zsh -f "$tmp/types.zsh" "$completion" "$tmp/result" "$@" >"$tmp/said" 2>&1 || :
	touch "$tmp/result"
	number=0
	while IFS= read -r line; do
		number=$((number + 1))
		tap_is "$(sed -n "${number}s/ *\$//p" "$tmp/result")" "${line#*:}" "zsh: ${line%%:*}"
	done <<-EOF
		$lines
	EOF
fi
tap_done
