#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl status, in words and as JSON; and the command line.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"

shim=$lib/libnoselfconn.so

# usage: json EXPRESSION: of what status --json said
json() {
	in_machine "$ctl" --json status </dev/null | json_of "$1"
}

run_ctl status
tap_is "$status" 1 "disabled: exit status 1"
tap_says '^entry: *none in /etc/ld.so.preload' "disabled: there is no entry"
tap_says "^library: *$shim" "disabled: the library that there is"
tap_says 'programs that start now do not have it' "disabled: programs do not have it"
tap_is "$(json '[j["enabled"], j["healthy"], j["entry"], j["library"], j["loaded_by_new_programs"], j["troubles"]]')" \
	"[False, True, None, '$shim', None, []]" "disabled: JSON"

run_ctl enable
run_ctl status
tap_is "$status" 0 "enabled: exit status 0"
tap_says "^entry: *$shim in /etc/ld.so.preload" "enabled: the entry"
tap_says 'programs that start now have it' "enabled: programs have it"
tap_says '^health: *sound' "enabled: it is sound"
tap_is "$(json '[j["enabled"], j["healthy"], j["entry"], j["library"], j["loaded_by_new_programs"], j["troubles"]]')" \
	"[True, True, '$shim', '$shim', '$shim', []]" "enabled: JSON"

# The caller: a shell that was started with it, and one that was there before.
# shellcheck disable=SC2016 # the inner shell's
called='"$1" status; :'
in_machine /bin/sh -c "$called" sh "$ctl" >"$tmp/said"
grep -q 'sh (pid [0-9]*), which started this, has it' "$tmp/said" && status=0 || status=1
tap_ok "$status" "a caller that has it"
run_ctl disable
in_machine /bin/sh -c "$called" sh "$ctl" >"$tmp/said" || :
grep -q 'sh (pid [0-9]*), which started this, does not have it' "$tmp/said" && status=0 || status=1
tap_ok "$status" "a caller that does not have it"

# Settings of the environment.
NOSELFCONN_RETRIES=7 NOSELFCONN_LOG=nowhere run_ctl status
tap_says '^setting: *NOSELFCONN_RETRIES=7' "a setting"
tap_says 'not understood, and ignored: it takes stderr, syslog' "a setting that is not understood"
tap_is "$(NOSELFCONN_LOG='"\ä' json 'j["settings"]')" "{'NOSELFCONN_LOG': '\"\\\\ä'}" "settings in JSON"
bytes=$(printf 'x\377\001y')
tap_is "$(NOSELFCONN_LOG=$bytes json 'ascii(j["settings"]["NOSELFCONN_LOG"])')" "'x\\ufffd\\x01y'" \
	"bytes that are no text are valid JSON all the same"

# The version, by a note in the library.
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

# One for which this kernel has no ABI, as an x32 ld.so often is: nobody's fault, also seen by others than root, who have no
# mount namespace to try it without any ld.so.preload.
loader=$(ldd /bin/true | sed -n 's|^[^/]*\(/[^ ]*/ld[^ ]*\) (.*|\1|p')
mkdir "$machine/usr/lib/other-linux-other"
cp "$machine$loader" "$machine/lib/ld-linux-other.so.2"
cp "$machine$lib/libm.so.6" "$machine/usr/lib/other-linux-other"
for file in "$machine/lib/ld-linux-other.so.2" "$machine/usr/lib/other-linux-other/libm.so.6"; do
	# The machine field of the ELF header.
	printf '\021\021' | dd of="$file" bs=1 seek=18 conv=notrunc 2>/dev/null
done
echo "$shim" >"$preload"
status=0
says=$(as_nobody "$ctl" status 2>&1) || status=$?
tap_is "$status" 0 "an ABI that this kernel does not run, seen by others than root: sound"
rm -r "$machine/lib/ld-linux-other.so.2" "$machine/usr/lib/other-linux-other"

# Broken states; those of the library are ctl_broken.sh's.
echo "/opt/gone.so" >"$preload"
run_ctl status
tap_is "$status" 3 "another's entry that is broken: exit status 3"
tap_says '/opt/gone.so is missing' "another's entry that is broken: it says which"
tap_is "$(json '[j["enabled"], j["healthy"], j["troubles"][0]["what"]]')" "[False, False, '/opt/gone.so is missing']" \
	"another's entry that is broken: JSON"
printf '# x\n%s\n' "$shim" >"$preload"
run_ctl status
tap_is "$status" 3 "comments: exit status 3"
chmod 600 "$preload"
echo "$shim" >"$preload"
run_ctl status
tap_is "$status" 3 "closed to others: exit status 3"
tap_says 'programs that start now do not have it' "closed to others: their programs do not have it"
rm -rf "${machine:?}/etc"
run_ctl status
tap_is "$status" 3 "no /etc: exit status 3"

# The command line.
# usage: wrong NAME [ARG...]
wrong() {
	name=$1
	shift
	run_ctl "$@"
	tap_is "$status" 2 "wrong usage: $name"
}
wrong "no command"
wrong "no such command" protect
wrong "no such option" --frobnicate status
wrong "an option that is another's" --reserve status
tap_says '^noselfconnctl: --reserve is not for status$' "wrong usage: it says which option"
wrong "a root folder where none is looked at" --root / scan
wrong "an argument too many" status 1
wrong "a port that is none" ports 65536
wrong "a port 0" ports 0
wrong "a port with something behind" ports 80x
wrong "two ports in one" ports 80,81
run_ctl --root /nowhere status
tap_is "$status" 3 "a root folder that is not there"
run_ctl --help
tap_is "$status" 0 "--help: exit status 0"
tap_says '^usage: noselfconnctl' "--help: the usage"
run_ctl --version
tap_is "$status" 0 "--version: exit status 0"
tap_says '^noselfconnctl [0-9]' "--version: the version"
status=0
"$builddir/noselfconnctl" --help >/dev/full 2>/dev/null || status=$?
tap_is "$status" 3 "standard output that cannot be written is a failure"
tap_is "$(readelf -lW "$builddir/noselfconnctl" | grep -c INTERP)" 0 "noselfconnctl is static"

tap_done
