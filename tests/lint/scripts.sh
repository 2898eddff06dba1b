#!/bin/sh
# SPDX-License-Identifier: MIT
# Every script is clean under shellcheck, prints its usage, and refuses unknown options. Every test is in a list.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

cd "$srcdir"
# common.sh is no script of its own.
scripts="$(find scripts -type f ! -name common.sh ! -name '*~' | sort) .ci/run"
tap_is "$(echo "$scripts" | grep -cE "(^| )scripts/test( |$)")" 1 "there are scripts to look at"

if command -v shellcheck >/dev/null; then
	status=0
	# shellcheck disable=SC2086 # words
	shellcheck -x $scripts scripts/common.sh tests/*/*.sh tests/clients/programs/* tests/kernels/cc tests/kernels/init \
		src/completion/noselfconn* debian/*.prerm debian/tests/smoke >"$tmp/shellcheck" 2>&1 || status=1
	sed 's/^/# /' "$tmp/shellcheck"
	# The scripts follow the version of Debian 12. A later one may find more.
	if [ $status -ne 0 ] && ! shellcheck --version | grep -qx 'version: 0\.9\.0'; then
		tap_skip "shellcheck finds nothing" "this version finds more than 0.9.0"
	else
		tap_ok $status "shellcheck finds nothing"
	fi
else
	tap_skip "shellcheck finds nothing" "no shellcheck here"
fi

# A test that no list names never runs.
for file in tests/*/*.sh; do
	[ "${file%/*}" = tests/lib ] || grep -q "^[^#]*%D%/${file##*/}" "${file%/*}/Makemodule.am" || echo "# $file"
done >"$tmp/unlisted"
cat "$tmp/unlisted"
tap_is "$(grep -c . "$tmp/unlisted")" 0 "the Makemodule.am of each level names its scripts"
for level in tests/*/Makemodule.am; do
	level=${level%/*} level=${level#tests/}
	case $level in
	lib | bench) ;;
	*)
		grep -q "^[^#]*(${level}_tests)" tests/Makemodule.am || echo "# $level, in tests/Makemodule.am"
		grep -qE "^(light|usual|long)=.*[' ]${level}[' ]" scripts/test || echo "# $level, in scripts/test"
		;;
	esac
	grep -q "^| \`$level\`" tests/README.md || [ "$level" = lib ] || echo "# $level, in tests/README.md"
done >"$tmp/unlisted"
cat "$tmp/unlisted"
tap_is "$(grep -c . "$tmp/unlisted")" 0 "tests/Makemodule.am, tests/README.md and scripts/test name each level"
tap_is "$(find tests -maxdepth 1 -type f | sort | tr '\n' ' ')" "tests/Makemodule.am tests/README.md " \
	"no test lies outside the levels"
# So is a suite that no program runs, and a case that no suite has.
for level in unit live; do
	sed -n 's/^Suite \*\(suite_[a-z_]*\)(void)$/\1/p' "tests/$level/$level"_*.c | while read -r suite; do
		grep -qw "$suite" tests/$level/$level.c || echo "# $suite"
	done
	for file in "tests/$level/$level"_*.c; do
		sed -n 's/^START_TEST(\(.*\))$/\1/p' "$file" | while read -r case; do
			[ "$(grep -cw "$case" "$file")" -ge 2 ] || echo "# $file: $case"
		done
	done
done >"$tmp/unlisted"
cat "$tmp/unlisted"
tap_is "$(grep -c . "$tmp/unlisted")" 0 "each suite runs, and has each of its cases"
long=$(find tests -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' -o -name '*.awk' \) -exec wc -l {} + | awk '$2 != "total" && $1 > 300 { print "# " $2 ": " $1 }')
tap_is "$long" '' "no file of the tests has more than 300 lines"

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
tap_needs_netns
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
tap_needs nc
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
