#!/bin/sh
# SPDX-License-Identifier: MIT
# Every script is clean under shellcheck, tells its use, and refuses what it does not know.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

cd "$srcdir"
# common.sh is no script of its own.
scripts="$(find scripts -type f ! -name common.sh ! -name '*~' | sort) .ci/run"
tap_is "$(echo "$scripts" | grep -cE "(^| )scripts/test( |$)")" 1 "there are scripts to look at"

for file in $scripts scripts/common.sh tests/*/*.sh tests/clients/programs/* tests/kernels/cc tests/kernels/init \
	src/completion/noselfconn* debian/*.prerm debian/tests/smoke; do
	if ! command -v shellcheck >/dev/null; then
		tap_skip "$file is clean under shellcheck" "no shellcheck here"
		continue
	fi
	status=0
	shellcheck -x "$file" >"$tmp/shellcheck" 2>&1 || status=1
	sed 's/^/# /' "$tmp/shellcheck"
	tap_ok $status "$file is clean under shellcheck"
done

for script in $scripts; do
	status=0
	"./$script" --help >"$tmp/out" 2>"$tmp/errors" </dev/null || status=$?
	tap_is "$status, $(grep -c '^usage: ' "$tmp/out"), $(cat "$tmp/errors")" '0, 1, ' "$script --help tells its use"
	status=0
	"./$script" --no-such-option >"$tmp/out" 2>"$tmp/errors" </dev/null || status=$?
	tap_is "$status, $(cat "$tmp/out"), $(grep -c no-such-option "$tmp/errors")" '2, , 1' \
		"$script refuses an unknown option by name"
done

# setup for a user without sudo's consent, on a machine that has all packages but one.
mkdir "$tmp/bin"
# usage: stand_in PROGRAM COMMANDS
stand_in() {
	printf '#!/bin/sh\n%s\n' "$2" >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}
stand_in apt-get "echo apt-get >>'$tmp/called'; exit 1"
stand_in sudo "echo sudo >>'$tmp/called'; exit 1"
stand_in id 'echo 1000'
# The packages follow -W -f FORMAT.
# shellcheck disable=SC2016 # the stand-in's variables
stand_in dpkg-query 'shift 3; for package; do [ "$package" = "$lacks" ] || echo "installed $package"; done'
setup_lacking() {
	: >"$tmp/called"
	status=0
	env lacks="$1" PATH="$tmp/bin:$PATH" scripts/setup checkers >"$tmp/out" 2>"$tmp/errors" </dev/null || status=$?
}
setup_lacking nothing
tap_is "$status, $(cat "$tmp/out" "$tmp/errors" "$tmp/called")" '0, ' "setup is silent where nothing is missing"
setup_lacking libclang-rt-dev
tap_is "$status, $(tail -n 1 "$tmp/errors"), $(cat "$tmp/called")" \
	'1,   apt-get install --no-install-recommends libclang-rt-dev, sudo' "setup prints the command that it cannot run itself"

# reproduce, in a network namespace whose range is known, on ports that show nothing.
# usage: reproduce COMMAND [ARG...]
reproduce() {
	status=0
	"$netns" 40000 40999 -- "$@" >"$tmp/out" 2>"$tmp/errors" </dev/null || status=$?
}
for port in 39999 41000 40001 0 -1 65536 99999999999 http ''; do
	reproduce scripts/reproduce "$port"
	tap_is "$status, $(cat "$tmp/out"), $(head -n 1 "$tmp/errors" | grep -cF -- "$port")" '2, , 1' \
		"reproduce refuses '$port' as a port"
done
# shellcheck disable=SC2016 # the inner shell expands
reproduce timeout 30 sh -c '
	nc -lk 127.0.0.1 40002 &
	until ss -Hltn "sport = :40002" | grep -q LISTEN; do sleep 0.05; done
	status=0
	scripts/reproduce 40002 || status=$?
	kill $!
	exit $status'
tap_is "$status, $(cat "$tmp/out"), $(grep -c '40002 is in use' "$tmp/errors")" '2, , 1' \
	"reproduce refuses a port on which somebody listens"

tap_done
