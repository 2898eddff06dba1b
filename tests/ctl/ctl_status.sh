#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl status, in words and as JSON.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"
tap_needs python3

shim=$lib/libnoselfconn.so

# usage: json EXPRESSION
# Evaluates it on the output of status --json.
json() {
	in_machine "$ctl" --json status </dev/null | json_of "$1"
}

run_ctl status
tap_is "$status" 1 "disabled: exit status 1"
tap_says '^entry: *none in /etc/ld.so.preload' "disabled: there is no entry"
tap_says "^library: *$shim" "disabled: the library that there is"
tap_says 'programs that start now do not load it' "disabled: programs do not have it"
tap_is "$(json '[j["enabled"], j["healthy"], j["entry"], j["library"], j["loaded_by_new_programs"], j["troubles"]]')" \
	"[False, True, None, '$shim', None, []]" "disabled: JSON"

run_ctl enable
run_ctl status
tap_is "$status" 0 "enabled: exit status 0"
tap_says "^entry: *$shim in /etc/ld.so.preload" "enabled: the entry"
tap_says 'programs that start now load it' "enabled: programs have it"
tap_says '^health: *sound' "enabled: it is sound"
tap_is "$(json '[j["enabled"], j["healthy"], j["entry"], j["library"], j["loaded_by_new_programs"], j["troubles"]]')" \
	"[True, True, '$shim', '$shim', '$shim', []]" "enabled: JSON"

tap_is "$(json '"protected" in j["caller"]')" True "enabled: JSON tells whether the caller is protected"

# The caller: a shell started with the shim, and one started before.
# shellcheck disable=SC2016 # the inner shell's
called='"$1" status; :'
in_machine /bin/sh -c "$called" sh "$ctl" >"$tmp/said"
grep -q 'the caller, sh (pid [0-9]*), has it' "$tmp/said" && status=0 || status=1
tap_ok "$status" "a caller that has it"
run_ctl disable
in_machine /bin/sh -c "$called" sh "$ctl" >"$tmp/said" || :
grep -q 'the caller, sh (pid [0-9]*), does not have it' "$tmp/said" && status=0 || status=1
tap_ok "$status" "a caller that does not have it"

# Settings of the environment.
NOSELFCONN_RETRIES=7 NOSELFCONN_LOG=nowhere run_ctl status
tap_says '^setting: *NOSELFCONN_RETRIES=7' "a setting"
tap_says 'not valid, and ignored: it takes off, stderr, syslog' "a setting that is not understood"
tap_is "$(NOSELFCONN_LOG='"\ä' json 'j["settings"]')" "{'NOSELFCONN_LOG': '\"\\\\ä'}" "settings in JSON"
bytes=$(printf 'x\377\001y')
tap_is "$(NOSELFCONN_LOG=$bytes json 'ascii(j["settings"]["NOSELFCONN_LOG"])')" "'x\\ufffd\\x01y'" \
	"bytes that are not text still give valid JSON"

# Settings of the file, which the environment overrides.
printf 'log = syslog\n[program p2p]\ndisable = 1\n' >"$machine/etc/noselfconn.conf"
run_ctl status
tap_says '^setting: *log = syslog in /etc/noselfconn.conf$' "a setting of noselfconn.conf"
tap_says '^setting: *disable = 1 in /etc/noselfconn.conf, for p2p$' "a setting for one program"
tap_is "$(printf '%s\n' "$says" | grep -c mistakes)" 0 "a sound noselfconn.conf"
printf 'lg = syslog\n' >"$machine/etc/noselfconn.conf"
run_ctl status
tap_says "/etc/noselfconn.conf has mistakes: run 'noselfconnctl config'" "a mistake in noselfconn.conf"
tap_is "$(json 'j["configuration"]["sound"], j["configuration"]["mistakes"][0]["line"]')" "(False, 1)" "a mistake: JSON"
rm "$machine/etc/noselfconn.conf"

# Both shields, and their gaps.
run_ctl status
tap_says '^shields: *library: off$' "the library's shield is off"
tap_says 'not covered: static programs, ' "what the library does not cover"
tap_says 'firewall rule: unknown: there is no iptables' "no iptables: the rule is unknown"
tap_is "$(json 'j["shields"]["library"]["on"], j["shields"]["firewall"]["on"]')" "(False, None)" "shields: JSON"
says=$(as_nobody "$ctl" status 2>&1) || :
tap_says 'firewall rule: unknown: needs root$' "a user learns nothing about the rule"
says=$("$builddir/noselfconnctl" status --root "$machine" 2>&1) || :
tap_says 'firewall rule: unknown: it belongs to a running machine$' "an image has no rule"
run_ctl enable
run_ctl status
tap_says '^shields: *library: on$' "the library's shield is on"
run_ctl disable

# The version, read from a note in the library.
run_ctl status
tap_says "^version: *$(sed -n 's/^PACKAGE_VERSION = //p' "$builddir/Makefile")$" "the version that the built library tells"
cat >"$tmp/note.s" <<'END'
.section .note.noselfconn,"a",%note
.balign 4
.long 11, 6, 1
.asciz "noselfconn"
.balign 4
.asciz "7.8.9"
.balign 4
.section .note.GNU-stack,"",%progbits
END
mkdir -p "$machine/opt"
${CC:-cc} -shared -nostdlib -o "$machine/opt/libnoselfconn.so" "$tmp/note.s"
echo /opt/libnoselfconn.so >"$preload"
run_ctl status
tap_says '^version: *7.8.9$' "the version that a library's note tells"
${CC:-cc} -shared -nostdlib -o "$machine/opt/libnoselfconn.so" -x c /dev/null
run_ctl status
tap_says '^version: *unknown$' "a library that does not tell its version"

# This kernel may not run the programs of an installed ABI, such as x32. That is not a fault. A user
# must see that too, without a mount namespace.
loader=$(ldd /bin/true | sed -n 's|^[^/]*\(/[^ ]*/ld[^ ]*\) (.*|\1|p')
mkdir "$machine/usr/lib/other-linux-other"
cp "$machine$loader" "$machine/lib/ld-linux-other.so.2"
cp "$machine$lib/libm.so.6" "$machine/usr/lib/other-linux-other"
for file in "$machine/lib/ld-linux-other.so.2" "$machine/usr/lib/other-linux-other/libm.so.6"; do
	# Write another machine into the ELF header.
	printf '\021\021' | dd of="$file" bs=1 seek=18 conv=notrunc 2>/dev/null
done
echo "$shim" >"$preload"
status=0
says=$(as_nobody "$ctl" status 2>&1) || status=$?
tap_is "$status" 0 "an ABI that this kernel does not run, seen by others than root: sound"
rm -r "$machine/lib/ld-linux-other.so.2" "$machine/usr/lib/other-linux-other"

# Broken states of the file. ctl_broken.sh tests those of the library.
echo "/opt/gone.so" >"$preload"
run_ctl status
tap_is "$status" 3 "another's entry that is broken: exit status 3"
tap_says '/opt/gone.so is missing' "another's entry that is broken: it says which"
tap_is "$(json '[j["enabled"], j["healthy"], j["troubles"][0]]')" \
	"[False, False, {'what': '/opt/gone.so is missing', 'remedy': 'repair the library, or remove the entry from /etc/ld.so.preload'}]" \
	"another's entry that is broken: JSON"
printf '# x\n%s\n' "$shim" >"$preload"
run_ctl status
tap_is "$status" 3 "comments: exit status 3"
chmod 600 "$preload"
echo "$shim" >"$preload"
run_ctl status
tap_is "$status" 3 "closed to others: exit status 3"
tap_says 'programs that start now do not load it' "closed to others: their programs do not have it"
rm -rf "${machine:?}/etc"
run_ctl status
tap_is "$status" 3 "no /etc: exit status 3"

# --library names the library, enabled or not.
rm -f "$preload"
mkdir -p "$machine/etc"
install -D -m 644 "$library" "$machine/opt/shim/s.so"
run_ctl status --library /opt/shim/s.so
tap_is "$status" 1 "--library: disabled"
tap_says '^library: */opt/shim/s.so$' "--library: a file that is there is found"
tap_says '^version: *[0-9]' "--library: its version is shown"
run_ctl status --library /opt/shim/none.so
tap_says '^library: *none found$' "--library: a file that is missing is not found"
cp "$library" "$machine$lib/libother-name.so"
run_ctl status --library libother-name.so
tap_says "^library: *$lib/libother-name.so$" "--library: a bare name is looked up"

# Text that others chose cannot control the terminal: the caller's name, a setting, an entry, an
# ld.so error.
escape=$(printf '\033[31m\302\233')
mkdir -p "$tmp/names"
cp /bin/sh "$tmp/names/$escape"
# shellcheck disable=SC2016 # the inner shell's
"$tmp/names/$escape" -c '"$1" --root / status; "$1" --root / status --json; :' sh "$builddir/noselfconnctl" \
	>"$tmp/said" 2>&1 </dev/null
NOSELFCONN_LOG=$escape "$builddir/noselfconnctl" status >>"$tmp/said" 2>&1 || :
printf '%s/%s.so\n' "$lib" "$escape" >"$preload"
in_machine "$ctl" status >>"$tmp/said" 2>&1 </dev/null || :
in_machine "$ctl" enable >>"$tmp/said" 2>&1 </dev/null || :
in_machine "$ctl" "$escape" >>"$tmp/said" 2>&1 </dev/null || :
in_machine "$ctl" "--$escape" >>"$tmp/said" 2>&1 </dev/null || :
in_machine "$ctl" --root "/$escape" status >>"$tmp/said" 2>&1 </dev/null || :
tap_is "$(grep -c 'caller, ' "$tmp/said" | sed 's/^[1-9].*/some/')" some "the caller is among them"
tap_is "$(LC_ALL=C grep -c "$(printf '\033\\|\302\233')" "$tmp/said")" 0 "no control character reaches the terminal"
rm "$preload"

tap_done
