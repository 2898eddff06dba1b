#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples in doc/examples and doc/OPERATING.md, as far as they can be tried without systemd, docker or a cluster.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
tap_needs_netns
tap_needs bash

examples=$srcdir/doc/examples

# A service that has the drop-in, and one whose drop-in has a line too many, to see that verify does read them.
if ! command -v systemd-analyze >/dev/null; then
	tap_skip "the drop-in" "no systemd here"
else
	# usage: verify NAME: what systemd-analyze has to say of $tmp/units/NAME.service
	verify() {
		printf '[Service]\nExecStart=/bin/true\n' >"$tmp/units/$1.service"
		SYSTEMD_UNIT_PATH="$tmp/units:" systemd-analyze verify --man=no "$tmp/units/$1.service" 2>&1 | grep "$1.service.d" || :
	}
	mkdir -p "$tmp/units/good.service.d" "$tmp/units/bad.service.d"
	cp "$examples/service.conf" "$tmp/units/good.service.d"
	(cat "$examples/service.conf" && echo 'Enviroment=x') >"$tmp/units/bad.service.d/noselfconn.conf"
	tap_is "$(verify good)" '' "systemd has nothing to say against the drop-in"
	tap_is "$(verify bad | grep -c Enviroment)" 1 "it would have, of a wrong line"
fi
# usage: refused ENVIRONMENT...: what a client says of a connection to itself
refused() {
	"$netns" 40000 40001 -- env "$@" bash -c 'exec 3<>/dev/tcp/127.0.0.1/40000' 2>&1 | grep -o 'Connection refused' | sort -u
}
# By the library's path: it is not installed.
environment=$(sed -n 's/^Environment=//p' "$examples/service.conf" | sed "s|=libnoselfconn.so|=$library|")
# shellcheck disable=SC2086 # words
tap_is "$(refused $environment)" 'Connection refused' "under the drop-in's environment a client is refused"

# The recipes of OPERATING.md that read a log file, on one with two repairs.
# usage: recipe WORD: the first of its blocks of commands that has the word, for our log
recipe() {
	awk -v word="$1" '
		/^```/ && inside && index(block, word) { printf "%s", block; exit }
		/^```/ { inside = !inside; block = ""; next }
		inside { block = block $0 "\n" }' "$srcdir/doc/OPERATING.md" | sed "s|/var/log/noselfconn.log|$tmp/log|"
}
for _ in 1 2; do
	refused LD_PRELOAD="$library" NOSELFCONN_LOG="$tmp/log" >/dev/null
done
tap_is "$(recipe 'awk ' >"$tmp/recipe"; sh "$tmp/recipe")" "2 bash 127.0.0.1:40000 refused" "how often, by awk"
refused LD_PRELOAD="$library" NOSELFCONN_LOG="$tmp/log" NOSELFCONN_RETRIES=0 >/dev/null || :
tap_is "$(recipe "grep 'outcome=" >"$tmp/recipe"; sh "$tmp/recipe" | wc -l)" 1 "what is worth a look, by grep"

# usage: instruction NAME: the arguments of the Dockerfile's instructions of that name
instruction() {
	sed -n "s/^$1 //p" "$examples/Dockerfile"
}
tap_is "$(sed -e '/^#/d; /^$/d; /^	/d; s/ .*//' "$examples/Dockerfile" | sort -u | tr '\n' ' ')" \
	"CMD COPY ENV FROM RUN WORKDIR " "the Dockerfile has instructions, and comments, and nothing else"
tap_is "$(instruction FROM | sed -n 's/.* AS //p'):$(instruction COPY | sed -n 's/^--from=\([a-z]*\) \(.*\) .*/\1:\2/p')" \
	noselfconn:noselfconn:/usr/local/lib/libnoselfconn.so "its second stage copies from the first"
tap_is "$(instruction COPY | sed -n 's/^--from=.* //p; ')$(instruction ENV | sed -n 's/^LD_PRELOAD=//p')" \
	/usr/local/lib/libnoselfconn.so "and preloads what it has copied"

if ! python3 -c 'import yaml' 2>"$tmp/errors"; then
	tap_skip "the playbook" "no python3-yaml here"
else
	# Ansible itself is looked at only where somebody has it.
	status=0
	if command -v ansible-playbook >/dev/null; then
		ansible-playbook --syntax-check -i localhost, "$examples/ansible.yml" >"$tmp/playbook" 2>&1 || status=$?
		[ $status -eq 0 ] || sed 's/^/# /' "$tmp/playbook"
	fi
	# usage: playbook EXPRESSION: of `tasks`, all its tasks
	playbook() {
		python3 -c '
import sys, yaml
tasks = yaml.safe_load(open(sys.argv[1]))[0]["tasks"]
print(eval(sys.argv[2]), end="")' "$examples/ansible.yml" "$1"
	}
	tap_is "$status, $(playbook '" ".join(t["ansible.builtin.command"] for t in tasks if "ansible.builtin.command" in t)')" \
		"0, noselfconnctl config noselfconnctl enable noselfconnctl status" "the playbook enables the library"
	mkdir -p "$tmp/image/etc"
	playbook '[t["ansible.builtin.copy"]["content"] for t in tasks if "ansible.builtin.copy" in t][0]' >"$tmp/image/etc/noselfconn.conf"
	if [ -x "$builddir/noselfconnctl" ] && [ "$(id -u)" -eq 0 ]; then
		"$builddir/noselfconnctl" --root "$tmp/image" config >"$tmp/said" 2>&1 && status=0 || status=$?
		tap_is "$status, $(cat "$tmp/image/etc/noselfconn.conf")" "0, log = syslog" "its settings are sound"
	fi
fi

tap_done
