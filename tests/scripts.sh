#!/bin/sh
# SPDX-License-Identifier: MIT
# Every script is clean under shellcheck, tells its use, and refuses what it does not know.
. "${srcdir:-$(dirname "$0")/..}/tests/tap.sh"

cd "$srcdir"
# common.sh is no script of its own.
scripts="$(find scripts -type f ! -name common.sh ! -name '*~' | sort) .ci/run"
tap_is "$(echo "$scripts" | grep -cE "(^| )scripts/test( |$)")" 1 "there are scripts to look at"

for file in $scripts scripts/common.sh tests/*.sh; do
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

tap_done
