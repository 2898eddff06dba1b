#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl on a broken machine: enable refuses and names the remedy, and disable still works.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"

machine_copy /usr/bin/flock
shim=$lib/libnoselfconn.so installed=$machine$lib/libnoselfconn.so
cc=${CC:-cc}

# usage: refuses PATTERN NAME [CTL-ARGUMENT...]
# enable refuses, prints PATTERN, and changes nothing.
refuses() {
	pattern=$1 name=$2
	shift 2
	rm -rf "${tmp:?}/etc"
	cp -a "$machine/etc" "$tmp/etc"
	run_ctl "$@" enable
	diff -r --no-dereference "$tmp/etc" "$machine/etc" >&2 || status="$status, and /etc changed"
	tap_is "$status" 3 "enable: $name: refused, and nothing has changed"
	tap_says "$pattern" "enable: $name: it says what is wrong"
}

# A broken library.
rm "$installed"
refuses 'is in none of ld.so.s directories' "no library"
refuses '/opt/none.so is missing' "a path to no library" --library /opt/none.so
: >"$installed"
refuses "$shim is empty" "a library of zero length"
echo garbage >"$installed"
refuses "$shim is not a shared object" "garbage in the place of the library"
head -c $(($(stat -c %s "$library") / 2)) "$library" >"$installed"
refuses "$shim is truncated" "a truncated library"
mkdir "$machine$lib/folder.so"
refuses "is not a regular file" "a folder in its place" --library "$lib/folder.so"
install_library
chmod 600 "$installed"
refuses "$shim has mode 0600" "a library that only root can read"
install_library

# Libraries that only a trial run can judge.
$cc -shared -nostdlib -o "$tmp/libgone.so" -x c /dev/null
$cc -shared -nostdlib -Wl,--no-as-needed -o "$machine$lib/needy.so" -x c /dev/null -L"$tmp" -lgone
refuses 'libgone.so' "a library that needs another, which is missing" --library "$lib/needy.so"
echo 'void abort(void); __attribute__((constructor)) static void start(void) { abort(); }' |
	$cc -shared -fPIC -o "$machine$lib/crash.so" -x c -
refuses 'killed by signal 6' "a library that crashes programs" --library "$lib/crash.so"
echo 'int pause(void); __attribute__((constructor)) static void start(void) { pause(); }' |
	$cc -shared -fPIC -o "$machine$lib/hang.so" -x c -
refuses 'still running after 10 seconds, and killed' "a library that hangs programs" --library "$lib/hang.so"
# Other machines of this test may run at the same time.
left=$(pgrep -fx /bin/true | while read -r process; do readlink "/proc/$process/root" || :; done | grep -cxF "$machine") || :
tap_is "$left" 0 "no program of it is left behind"

# Mistakes in the file.
# usage: refuses_file FORMAT PATTERN NAME
refuses_file() {
	# shellcheck disable=SC2059 # a format
	printf "$1" >"$preload"
	refuses "$2" "$3"
}
refuses_file '/opt/other.so\n' '/opt/other.so is missing' "a missing library listed"
refuses_file 'libother.so\n' 'libother.so is in none' "a bare name listed that is nowhere"
refuses_file '# a comment\n' 'has comments' "a comment"
refuses_file "$lib/needy.so\r\n" 'has DOS line ends' "DOS line ends"
tap_says "remedy: sed -i 's/.r//g' /etc/ld.so.preload" "enable: DOS line ends: it says the remedy"
refuses_file 'relative/other.so\n' 'relative/other.so is not an absolute path' "a relative path listed"
: >"$machine/opt.so"
refuses_file '/opt.so\n' '/opt.so is empty' "an empty library listed"
head -c 3000 "$library" >"$machine/opt.so"
refuses_file '/opt.so\n' '/opt.so is truncated' "a truncated library listed"
# Write another machine into the ELF header: AArch64 for x86-64, and the other way round.
cp "$library" "$machine/opt.so"
case $(uname -m) in
aarch64) foreign='\076\000' ;;
*) foreign='\267\000' ;;
esac
# shellcheck disable=SC2059 # a format
printf "$foreign" | dd of="$machine/opt.so" bs=1 seek=18 conv=notrunc 2>/dev/null
refuses_file '/opt.so\n' '/opt.so is for another architecture' "a foreign library listed"
: >"$preload"
chmod 600 "$preload"
refuses 'ld.so.preload has mode 0600' "a file that only root can read"
tap_says 'remedy: chmod 644 /etc/ld.so.preload' "enable: mode 0600: it says the remedy"
rm "$preload"
ln -s preload-elsewhere "$preload"
refuses 'is not a regular file' "a symbolic link"
run_ctl disable
tap_is "$status, $(readlink "$preload")" "0, preload-elsewhere" "disable: a symbolic link to nowhere lists nothing"
echo /opt.so >"$machine/etc/preload-elsewhere"
run_ctl disable
tap_is "$status, $(readlink "$preload")" "0, preload-elsewhere" "disable: nor does one to a file with others' entries"
echo "$shim" >"$machine/etc/preload-elsewhere"
run_ctl disable
tap_is "$status, $(readlink "$preload"), $(cat "$preload")" "3, preload-elsewhere, $shim" \
	"disable: one to a file with an entry of ours is left alone, and that is a failure"
tap_says "ld.so.preload lists $shim, but is not a regular file: remove the entry by hand" "disable: it says so"
rm "$preload" "$machine/etc/preload-elsewhere"

# enable replaces an entry of ours that is broken.
echo /opt/libnoselfconn.so >"$preload"
run_ctl status
tap_is "$status" 3 "status: an entry of ours whose library is gone is broken"
run_ctl enable
tap_is "$status, $(cat "$preload"), $(starts)" "0, $shim, yes" \
	"enable: an entry of ours whose library is gone is replaced"

# On a machine where no program starts any more, disable helps.
# usage: bricked PATTERN NAME
bricked() {
	[ "$(starts)" != yes ] && status=0 || status=1
	tap_ok "$status" "$2: programs do not start"
	run_ctl status
	tap_is "$status" 3 "$2: status says that it is broken"
	tap_says "$1" "$2: status says what is wrong"
	run_ctl disable
	tap_is "$status, $(ls -A "$machine/etc"), $(starts)" "0, , yes" "$2: disable runs, and programs start"
	install_library
	run_ctl enable
}
head -c 5000 "$library" >"$installed"
bricked "$shim is truncated" "a truncated library in force"
cp "$machine$lib/needy.so" "$installed"
bricked 'libgone.so' "a library in force whose dependency is missing"
cp "$machine$lib/crash.so" "$installed"
bricked 'killed by signal 6' "a library in force that crashes programs"
echo garbage >"$installed"
bricked "$shim is not a shared object" "garbage in force"
: >"$installed"
bricked "$shim is empty" "an empty library in force"
rm "$installed"
bricked "$shim is missing" "a missing library in force"

# /etc cannot be written.
in_etc() {
	find "$machine/etc" -mindepth 1 -printf '%P\n' | sort | tr '\n' ' '
}
run_ctl disable
mount -t tmpfs -o mode=755,size=32k etc "$machine/etc"
mount -o remount,ro "$machine/etc"
refuses 'Read-only file system' "read-only /etc"
mount -o remount,rw "$machine/etc"
run_ctl enable
mount -o remount,ro "$machine/etc"
run_ctl disable
tap_is "$status, $(cat "$preload"), $(starts)" "3, $shim, yes" "disable: read-only /etc: the old file stays"
tap_says 'Read-only file system' "disable: read-only /etc: it says why"
mount -o remount,rw "$machine/etc"
run_ctl disable

# An error after something was written.
if ! strace -o /dev/null true 2>/dev/null; then
	tap_skip "errors behind the backup" "no strace here that works"
else
	# usage: fails_at CALL NUMBER NAME
	# enable fails at this call and leaves /etc as it was.
	fails_at() {
		rm -rf "${tmp:?}/etc"
		cp -a "$machine/etc" "$tmp/etc"
		status=0
		strace -o /dev/null -e "trace=$1" -e "inject=$1:error=EIO:when=$2" \
			"$builddir/noselfconnctl" --root "$machine" enable >"$tmp/said" 2>&1 || status=$?
		diff -r --no-dereference "$tmp/etc" "$machine/etc" >&2 || status="$status, and /etc changed"
		tap_is "$status, $(grep -c 'Input/output error' "$tmp/said")" "3, 1" "enable: $3: all is as it was"
	}
	echo "$lib/needless.so" >"$preload"
	$cc -shared -nostdlib -o "$machine$lib/needless.so" -x c /dev/null
	fails_at renameat 2 "an error behind the backup"
	fails_at fsync 4 "an error when the new file is in place already"
	rm "$preload"
	fails_at fsync 2 "the same where there was no file"
fi

# usage: fill
# Uses up all the space of /etc.
fill() {
	cat /dev/zero >"$machine/etc/full" 2>/dev/null || :
}
echo "$lib/crash.so" | sed 's/crash/needless/' >"$preload"
$cc -shared -nostdlib -o "$machine$lib/needless.so" -x c /dev/null
fill
refuses 'No space left' "no space in /etc"
rm "$machine/etc/full"
run_ctl enable
fill
run_ctl disable
tap_is "$status, $(cat "$preload"), $(in_etc)" "0, $lib/needless.so, full ld.so.preload " \
	"disable: no space in /etc: the backup file becomes the new file"
rm "$machine/etc/full"
run_ctl enable
echo "# changed since" >>"$preload"
fill
run_ctl disable
tap_is "$status, $(tail -n 1 "$preload"), $(in_etc)" \
	"3, # changed since, full ld.so.preload ld.so.preload.noselfconn-backup " \
	"disable: no space, and no backup that would do: the old file stays"
rm "$machine/etc/"*

# A user is refused at once, before any program is run.
chmod 755 "$machine/etc"
status=0
says=$(as_nobody "$ctl" enable 2>&1) || status=$?
tap_is "$status, $says" "3, noselfconnctl: /etc cannot be written: Permission denied (run this as root)" \
	"enable by a user says that it needs root"

# Any user can lock /etc. That must not keep an administrator from repairing the machine.
run_ctl enable
mkfifo "$tmp/held"
as_nobody /usr/bin/flock /etc /bin/sh -c 'echo locked; read _' <"$tmp/held" >"$tmp/locked" &
holder=$!
exec 9>"$tmp/held"
until grep -q locked "$tmp/locked"; do
	kill -0 $holder || exit 99
	sleep 0.05
done
run_ctl disable
tap_is "$status, $(ls -A "$machine/etc")" "0, " "disable: while others hold a lock on /etc"
tap_says 'waiting: another process has locked /etc' "disable: it says that it waits"
exec 9>&-
wait $holder || :

tap_done
