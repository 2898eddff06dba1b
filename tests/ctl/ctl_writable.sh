#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl accepts no library and no ld.so.preload that users other than root can change.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"

# usage: refuses NAME PATTERN REMEDY LIBRARY
# enable refuses the library; status reports it if it is in force.
refuses() {
	rm -f "$preload"
	run_ctl enable --library "$4"
	tap_is "$status, $(ls "$machine/etc")" "3, " "enable: $1: refused"
	tap_says "$4 can be changed by others than root: $2" "enable: $1: it says why"
	tap_says "remedy: $3" "enable: $1: it says what to do"
	echo "$4" >"$preload"
	run_ctl status --library "$4"
	tap_is "$status" 3 "status: $1: broken"
	tap_says "$4 can be changed by others than root: $2" "status: $1: it says why"
	rm "$preload"
}

# usage: place FILE
# Puts a library there that root owns, in directories that root owns.
place() {
	install -D -m 644 "$library" "$machine$1"
}

place /opt/shim/s.so
run_ctl enable --library /opt/shim/s.so
tap_is "$status" 0 "enable: a library that only root can change is accepted"
run_ctl disable --library /opt/shim/s.so

chmod 646 "$machine/opt/shim/s.so"
refuses "mode 0646" '/opt/shim/s.so has mode 0646' 'chmod go-w /opt/shim/s.so' /opt/shim/s.so
chmod 664 "$machine/opt/shim/s.so"
refuses "mode 0664" '/opt/shim/s.so has mode 0664' 'chmod go-w /opt/shim/s.so' /opt/shim/s.so
chmod 644 "$machine/opt/shim/s.so"
chown 1000 "$machine/opt/shim/s.so"
refuses "a user's file" '/opt/shim/s.so belongs to user 1000' 'chown root /opt/shim/s.so' /opt/shim/s.so
chown 0 "$machine/opt/shim/s.so"
chmod 777 "$machine/opt"
refuses "a folder further up" '/opt has mode 0777' 'chmod go-w /opt' /opt/shim/s.so
chmod 1777 "$machine/opt"
refuses "a sticky folder" '/opt has mode 1777' 'put the file into a folder that only root can write to' /opt/shim/s.so
chmod 755 "$machine/opt"
chown 1000 "$machine/opt/shim"
refuses "a user's folder" '/opt/shim belongs to user 1000' 'put the file into a folder that only root can write to' \
	/opt/shim/s.so
chown 0 "$machine/opt/shim"

# The directory of a link, and directories on the way through links.
mkdir -m 777 "$machine/home"
ln -s /opt/shim/s.so "$machine/home/link.so"
refuses "a link in a folder for everybody" '/home has mode 0777' 'chmod go-w /home' /home/link.so
ln -s /home/link.so "$machine/opt/chain.so"
refuses "a link to a link there" '/home has mode 0777' 'chmod go-w /home' /opt/chain.so
mkdir "$machine/home/shim"
cp "$machine/opt/shim/s.so" "$machine/home/shim"
ln -s ../home/../home/shim "$machine/opt/relative"
refuses "a link to a folder below it" '/home has mode 0777' 'chmod go-w /home' /opt/relative/s.so

# A bare name and one with $LIB, which only ld.so resolves.
chmod 666 "$machine$lib/libnoselfconn.so"
# shellcheck disable=SC2016 # $LIB is for ld.so
for entry in libnoselfconn.so "$lib/libnoselfconn.so" "/$(echo "${lib#/}" | sed 's|^\(usr/\)*lib[^/]*\(/.*\)*|\1$LIB|')/libnoselfconn.so"; do
	echo "$entry" >"$preload"
	run_ctl status
	tap_is "$status" 3 "status: the entry $entry: broken"
	tap_says "libnoselfconn.so has mode 0666" "status: the entry $entry: it says why"
done
rm "$preload"
run_ctl enable
tap_is "$status, $(ls "$machine/etc")" "3, " "enable: the installed library: refused"
install_library

# Libraries of other entries, and the list itself.
${CC:-cc} -shared -nostdlib -o "$machine$lib/libother.so" -x c /dev/null
echo "$lib/libother.so" >"$preload"
chmod 666 "$machine$lib/libother.so"
run_ctl enable
tap_is "$status, $(cat "$preload")" "3, $lib/libother.so" "enable: another library in the list: refused"
chmod 644 "$machine$lib/libother.so"
chmod 666 "$preload"
run_ctl enable
tap_is "$status, $(cat "$preload")" "3, $lib/libother.so" "enable: a list that everybody can write to: refused"
tap_says "remedy: chmod go-w /etc/ld.so.preload" "enable: the list: it says what to do"
chmod 644 "$preload"
chown 1000 "$preload"
run_ctl status
tap_is "$status" 3 "status: a list of a user's: broken"
chown 0 "$preload"
chmod 777 "$machine/etc"
run_ctl status
tap_is "$status" 3 "status: a list in a folder that everybody can write to: broken"
chmod 755 "$machine/etc"
run_ctl enable
tap_is "$status" 0 "enable: all is root's again: accepted"
run_ctl disable

# Directories above the image's root do not count.
chmod 777 "$tmp"
status=0
says=$("$builddir/noselfconnctl" enable --root "$machine" 2>&1) || status=$?
tap_is "$status" 0 "--root: the folders above an image do not count"
chmod 777 "$machine"
status=0
says=$("$builddir/noselfconnctl" status --root "$machine" 2>&1) || status=$?
tap_is "$status" 3 "--root: the folder of the image itself does"
chmod 755 "$machine"

tap_done
