#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl config: a valid file, no file, and each mistake with its line number.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"
tap_needs python3

file=$machine/etc/noselfconn.conf

# usage: config_is STATUS WORDS NAME
# Checks the exit status of config and its output.
config_is() {
	run_ctl config
	tap_is "$status, $says" "$1, $2" "$3"
}
# usage: json EXPRESSION
# Evaluates it on the output of config --json.
json() {
	in_machine "$ctl" config --json </dev/null | json_of "$1"
}

config_is 0 "/etc/noselfconn.conf does not exist: the defaults hold." "no file"
tap_is "$(json '[j["file"], j["exists"], j["sound"], j["settings"], j["mistakes"]]')" \
	"['/etc/noselfconn.conf', False, True, [], []]" "no file: JSON"

cat >"$file" <<'END'
# for all
log = syslog
retries = 3
retries = 5
[program curl]
disable = 1
END
config_is 0 "/etc/noselfconn.conf is sound. Settings in it: 3." "a sound file"
tap_is "$(json 'j["sound"], [tuple(s.values()) for s in j["settings"]]')" \
	"(True, [(2, None, 'log', 'syslog'), (4, None, 'retries', '5'), (6, 'curl', 'disable', '1')])" "a sound file: JSON"

cat >"$file" <<'END'
log = stderr
retry = 3
[program bin/curl]
disable = nonsense
[program curl]
method = magic
give_up
END
printf 'retries = 1\0\n' >>"$file"
config_is 3 "/etc/noselfconn.conf:1: the value is not off, syslog or an absolute path
/etc/noselfconn.conf:2: unknown key
/etc/noselfconn.conf:3: a program is a file name or an absolute path; its lines are ignored
/etc/noselfconn.conf:6: the value is not $(sed -n 's/.*"NOSELFCONN_METHOD", "\(.*\)"}.*/\1/p' "$srcdir/src/shim/settings.c")
/etc/noselfconn.conf:7: neither 'key = value' nor '[program NAME]' nor a comment
/etc/noselfconn.conf:8: a control character" "each mistake, with its line and its reason"
tap_is "$(json 'j["sound"], j["settings"], j["mistakes"][1]')" "(False, [], {'line': 2, 'reason': 'unknown key'})" "mistakes: JSON"

# usage: refused REASON NAME
# config refuses the file as a whole.
refused() {
	config_is 3 "/etc/noselfconn.conf: $1" "$2"
	rm -rf "$file"
}
ignored="the whole file is ignored"
printf 'log = syslog\n' >"$file"
chmod 666 "$file"
refused "writable by others than root: $ignored" "mode 0666"
printf 'log = syslog\n' >"$file"
chown 65534 "$file"
refused "not owned by root: $ignored" "another owner"
mkfifo "$file"
refused "not a regular file: $ignored" "a FIFO"
mkdir "$file"
refused "not a regular file: $ignored" "a folder"
printf 'log = syslog\n' >"$machine/etc/other"
ln -s other "$file"
refused "not a regular file: $ignored" "a symbolic link"
truncate -s 10M "$file"
refused "larger than 64 KiB: $ignored" "10 MiB"
(umask 077 && printf 'log = syslog\n' >"$file")
refused "not readable by all users: their programs ignore it" "mode 0600"

# In an image, config reads the image's file and prints its path as the caller sees it.
printf 'x\n' >"$file"
status=0
says=$("$builddir/noselfconnctl" config --root "$machine" 2>&1) || status=$?
tap_is "$status, $(echo "$says" | cut -d : -f 1,2)" "3, $machine/etc/noselfconn.conf:1" "--root: the file of the image"

tap_done
