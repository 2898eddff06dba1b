#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl enable and disable, on a small machine with an /etc/ld.so.preload of its own.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"
tap_needs_netns

tap_is "$(starts), $(protects)" "yes, no" "programs start, and connect to themselves"

# enable and disable, each twice.
run_ctl enable
tap_is "$status, $(cat "$preload")" "0, $lib/libnoselfconn.so" \
	"enable: the path is listed, because setuid programs take no bare name"
tap_is "$(starts), $(protects)" "yes, yes" "enable: programs start, setuid ones too, and are protected"
tap_is "$(stat -c '%a %u:%g' "$preload"), $(ls "$machine/etc")" "644 0:0, ld.so.preload" \
	"enable: a new file is readable for all, and nothing else is left in /etc"
before=$(stat -c '%i %z' "$preload")
run_ctl enable
tap_is "$status, $(stat -c '%i %z' "$preload")" "0, $before" "enable again: nothing is written"
tap_says '^already enabled' "enable again: it says so"
run_ctl disable
tap_is "$status, $(ls -A "$machine/etc")" "0, " "disable: leaves nothing"
tap_is "$(protects)" no "disable: programs are no longer protected"
run_ctl disable
tap_is "$status" 0 "disable again: nothing to do"

chmod u+s "$machine$lib/libnoselfconn.so"
run_ctl enable
tap_is "$status, $(cat "$preload"), $(starts), $(protects)" "0, libnoselfconn.so, yes, yes" \
	"a library with a setuid bit is taken by its bare name, by setuid programs too"
run_ctl disable
install_library

# Entries of other libraries.
other=$lib/libother.so
${CC:-cc} -shared -nostdlib -o "$machine$other" -x c /dev/null
entry=$lib/libnoselfconn.so
# usage: keeps FORMAT NAME
# The file that FORMAT makes is unchanged after enable and disable.
keeps() {
	# shellcheck disable=SC2059 # a format
	printf "$1" >"$preload"
	chown 0:8 "$preload"
	chmod 604 "$preload"
	cp "$preload" "$tmp/old"
	run_ctl enable
	tap_is "$status, $(cat "$preload" && echo .)" "0, $entry
$(cat "$tmp/old" && echo .)" "enable: $2 is kept byte for byte, behind ours"
	tap_is "$(stat -c '%a %u:%g' "$preload")" "604 0:8" "enable: $2: mode and owner stay"
	cmp -s "$tmp/old" "$machine/etc/ld.so.preload.noselfconn-backup" && status=0 || status=1
	tap_ok "$status" "enable: $2: there is a backup"
	tap_is "$(starts), $(protects)" "yes, yes" "enable: $2: programs start, and are protected"
	run_ctl disable
	cmp "$tmp/old" "$preload" >&2 || status=1
	tap_is "$status, $(stat -c '%a %u:%g' "$preload"), $(ls "$machine/etc")" "0, 604 0:8, ld.so.preload" \
		"disable: $2 is as it was, and there is no backup any more"
	rm -f "$preload"
}
keeps "$other\n" "another entry"
keeps "$other" "one without a newline"
keeps "\n\n $other:$other\t\n\n" "a file with spaces, colons and empty lines"

# The label of SELinux, which is an extended attribute. Without a policy in the kernel, root may write any.
# usage: label FILE [VALUE]
label() {
	python3 -c 'import os, sys
if len(sys.argv) > 2: os.setxattr(sys.argv[1], "security.selinux", sys.argv[2].encode() + b"\0")
print(os.getxattr(sys.argv[1], "security.selinux").decode().strip("\0"))' "$@" 2>"$tmp/errors" || tail -n 1 "$tmp/errors"
}
: >"$machine/etc/ld.so.cache"
cached=system_u:object_r:ld_so_cache_t:s0
if ! command -v python3 >/dev/null; then
	tap_skip "enable: the label of SELinux" "no python3 here"
elif [ "$(label "$machine/etc/ld.so.cache" $cached)" != $cached ]; then
	tap_skip "enable: the label of SELinux" "it cannot be written: $(label "$machine/etc/ld.so.cache" $cached)"
else
	run_ctl enable
	tap_is "$status, $(label "$preload")" "0, $cached" "enable: a new file gets the label of /etc/ld.so.cache, as policies have it"
	run_ctl disable
	echo "$other" >"$preload"
	label "$preload" system_u:object_r:other_t:s0 >"$tmp/said"
	run_ctl enable
	tap_is "$status, $(label "$preload")" "0, system_u:object_r:other_t:s0" "enable: an old file keeps its label"
	run_ctl disable
	tap_is "$status, $(label "$preload")" "0, system_u:object_r:other_t:s0" "disable: so it does here"
	rm "$preload"
fi
rm "$machine/etc/ld.so.cache"

# usage: takes_out FORMAT WANTED NAME
takes_out() {
	# shellcheck disable=SC2059 # formats
	printf "$1" >"$preload"
	# shellcheck disable=SC2059
	printf "$2" >"$tmp/wanted"
	run_ctl disable
	cmp "$preload" "$tmp/wanted" >&2 || status=1
	tap_ok "$status" "disable: $3"
	rm -f "$preload"
}
takes_out "$other $entry\n" "$other\n" "an entry at the end of a line"
takes_out "$entry:$other\n" "$other\n" "an entry in front of a colon"
takes_out "$other:libnoselfconn.so:/x/y.so" "$other:/x/y.so" "an entry between others"
takes_out "$other\n\t$entry \n/opt/libnoselfconn.so\n$other" "$other\n$other" "several entries, with lines of their own"
takes_out "/x/libnoselfconn.so.old /x/notlibnoselfconn.so $entry" "/x/libnoselfconn.so.old /x/notlibnoselfconn.so" \
	"an entry whose name is a part of another's"
takes_out "$other\r\n$entry\r\n" "$other\r\n" "an entry with a carriage return"

# Another library file.
install -D -m 644 "$library" "$machine/opt/shim/s.so"
run_ctl --library /opt/shim/s.so enable
tap_is "$status, $(cat "$preload"), $(protects)" "0, /opt/shim/s.so, yes" "--library: another path"
run_ctl enable
tap_is "$status, $(tr '\n' ' ' <"$preload")" "0, $entry /opt/shim/s.so " "--library: not ours without being named"
run_ctl --library /opt/shim/s.so enable
tap_is "$status, $(cat "$preload")" "0, /opt/shim/s.so" "--library: replaces ours"
run_ctl --library /opt/shim/s.so disable
tap_is "$status, $(ls "$machine/etc")" "0, " "--library: disable"
run_ctl --library relative/s.so enable
tap_is "$status, $(ls "$machine/etc")" "2, " "--library: a relative path is wrong usage"

# From outside, with --root.
status=0
says=$("$builddir/noselfconnctl" --root "$machine/" enable 2>&1) || status=$?
tap_is "$status, $(cat "$preload"), $(protects)" "0, $entry, yes" "--root: enable"
[ ! -e /etc/ld.so.preload ] || ! grep -q libnoselfconn /etc/ld.so.preload && status=0 || status=1
tap_ok "$status" "--root: the machine's own file is left alone"
status=0
says=$("$builddir/noselfconnctl" --root "$machine" status 2>&1) || status=$?
tap_is "$status" 0 "--root: status"
"$builddir/noselfconnctl" --root="$machine" disable >"$tmp/said" 2>&1 || status=$?
tap_is "$status, $(ls "$machine/etc")" "0, " "--root: disable"
# In an image, an absolute link starts at the image's root.
ln -s "$entry" "$machine$lib/libnoselfconn-link.so"
"$builddir/noselfconnctl" --root "$machine" --library "$lib/libnoselfconn-link.so" enable >"$tmp/said" 2>&1 ||
	status=$?
tap_is "$status, $(protects)" "0, yes" "--root: a link in the image is followed within it"
"$builddir/noselfconnctl" --root "$machine" --library "$lib/libnoselfconn-link.so" disable >"$tmp/said" 2>&1
mkdir -p "$tmp/image/etc" "$tmp/image$lib"
install -m 644 "$library" "$tmp/image$lib/libnoselfconn.so"
status=0
says=$("$builddir/noselfconnctl" --root "$tmp/image" enable 2>&1) || status=$?
tap_is "$status, $(cat "$tmp/image/etc/ld.so.preload")" "0, $entry" "--root: an image in which nothing can run"
tap_says 'no trial run' "--root: it says that there was no trial run"

# In a chroot that is not a mount point, enable cannot make a mount namespace. It tries the library
# by LD_PRELOAD first, then with the new file in force, and restores the old file after a failure.
cat >"$tmp/secure.c" <<'END'
#include <stdlib.h>
#include <sys/auxv.h>
__attribute__((constructor)) static void start(void)
{
	if (getauxval(AT_SECURE))
		abort();
}
END
mkdir "$machine/inner"
for folder in bin sbin lib lib64 usr etc; do
	[ ! -e "$machine/$folder" ] || cp -a "$machine/$folder" "$machine/inner"
done
${CC:-cc} -shared -fPIC -o "$machine/inner$lib/secure.so" "$tmp/secure.c"
cp "$machine/inner$lib/secure.so" "$machine$lib/secure.so"
inner() {
	status=0
	says=$(chroot "$machine/inner" "$ctl" "$@" 2>&1) || status=$?
}
inner --library "$lib/secure.so" enable
tap_is "$status, $(ls -A "$machine/inner/etc")" "3, " "chroot: a library that breaks setuid programs is taken out again"
tap_says "/bin/su (.*setuid.*) does not start properly with $lib/secure.so: killed by signal 6" "chroot: it says which program failed"
echo "$other" >"$machine/inner/etc/ld.so.preload"
inner --library "$lib/secure.so" enable
tap_is "$status, $(ls -A "$machine/inner/etc"), $(cat "$machine/inner/etc/ld.so.preload")" "3, ld.so.preload, $other" \
	"chroot: an old file is put back"
inner enable
tap_is "$status, $(tr '\n' ' ' <"$machine/inner/etc/ld.so.preload")" "0, $entry $other " \
	"chroot: the shim is enabled, by path"
tap_says 'tried with LD_PRELOAD' "chroot: it says how it was tried"

run_ctl --library "$lib/secure.so" enable
tap_is "$status, $(ls "$machine/etc")" "3, " \
	"with a trial namespace, a library that breaks setuid programs is never written"
tap_says "/bin/su (.*setuid.*) does not start properly with $lib/secure.so: killed by signal 6" "it says which program failed"

tap_done
