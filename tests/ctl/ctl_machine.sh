# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# A small machine for the tests of noselfconnctl, in place of the real one: a mount point in a mount
# namespace of the test's own. A test sources it before anything else. It sets machine (the root
# folder), ctl (noselfconnctl's path there), preload (its /etc/ld.so.preload), lib (its default
# library directory), and what tests/lib/tap.sh sets. It sources ctl_lib.sh, too.

srcdir=${srcdir:-$(CDPATH='' cd "$(dirname "$0")/../.." && pwd)}
if [ -z "${NSC_OWN_MOUNTS-}" ]; then
	why=
	[ "$(id -u)" -eq 0 ] || why="a machine with programs of several users takes root"
	[ -x "${builddir:-$srcdir/build}/noselfconnctl" ] || why="noselfconnctl has not been built: no static libc"
	# Root in a user namespace may not mount procfs.
	unshare --mount --propagation private sh -c 'mount -t tmpfs none /mnt && mount -t proc none /mnt' 2>/dev/null ||
		why=${why:-no permission to mount file systems}
	[ -n "$why" ] || exec unshare --mount --propagation private env NSC_OWN_MOUNTS=1 sh "$0"
	. "$srcdir/tests/lib/tap.sh"
	tap_skip_all "$why"
fi
. "$srcdir/tests/lib/tap.sh"
. "$srcdir/tests/ctl/ctl_lib.sh"

# shellcheck disable=SC2034 # for the tests
machine=$tmp/machine preload=$tmp/machine/etc/ld.so.preload ctl=/sbin/noselfconnctl
machine_end() {
	cd /
	umount -R -l "$machine" 2>/dev/null || :
	rm -rf "$tmp"
}
trap machine_end EXIT

# usage: machine_copy FILE...
# Copies the files with the libraries that they need.
machine_copy() {
	for file; do
		for needed in "$file" $(ldd "$file" 2>/dev/null | sed -n 's|^[^/]*\(/[^ :]*\) (.*|\1|p'); do
			mkdir -p "$machine$(dirname "$needed")"
			[ -e "$machine$needed" ] || cp -L --preserve=mode "$needed" "$machine$needed"
		done
	done
}

mkdir -p "$machine"
mount -t tmpfs -o mode=755 machine "$machine"
# In Debian, /bin and others are links to /usr.
for folder in bin sbin lib lib32 lib64; do
	if [ -h /$folder ]; then
		mkdir -p "$machine/usr/$folder"
		ln -s "usr/$folder" "$machine/$folder"
	else
		mkdir -p "$machine/$folder"
	fi
done
mkdir -p "$machine/etc" "$machine/proc" "$machine/tmp" "$machine/usr/lib"
mount -t proc proc "$machine/proc"
machine_copy /bin/true /bin/sh /bin/cat /usr/bin/su
install "$builddir/noselfconnctl" "$machine$ctl"
install "$builddir/tests/lib/retry_loop" "$machine/bin"
# The folder of libc is one of ld.so's default directories.
lib=$(ldd /bin/true | sed -n 's|.*libc\.so[.0-9]* => \(/[^ ]*\)/libc\.so.*|\1|p')
machine_copy "$lib/libm.so.6"
install_library() {
	rm -f "$machine$lib/libnoselfconn.so"
	install -m 644 "$library" "$machine$lib/libnoselfconn.so"
}
install_library

# usage: in_machine COMMAND [ARG...]
in_machine() {
	chroot "$machine" "$@"
}

# usage: run_ctl [ARG...]
# Sets status and says (both output streams).
# shellcheck disable=SC2034 # for the tests
run_ctl() {
	status=0
	says=$(in_machine "$ctl" "$@" 2>&1 </dev/null) || status=$?
}

# usage: as_nobody COMMAND [ARG...]
# Runs the command in the machine as nobody, so that a setuid program is AT_SECURE.
as_nobody() {
	chroot --userspec=65534:65534 "$machine" "$@"
}

# Do programs start without a message, as root and as another user, setuid programs included? Prints
# "yes" or what happened.
starts() {
	starts_says=$({ in_machine /bin/true && in_machine /bin/sh -c : && as_nobody /bin/true &&
		as_nobody /usr/bin/su --version >/dev/null; } 2>&1) || starts_says="$? $starts_says"
	echo "${starts_says:-yes}"
}

# Is a client kept from connecting to itself? Prints "yes" or "no".
protects() {
	protects_status=0
	"$netns" 40000 40001 -- chroot "$machine" /bin/retry_loop 40000 10 >/dev/null 2>&1 || protects_status=$?
	case $protects_status in
	0) echo yes ;;
	1) echo no ;;
	*) echo "status $protects_status" ;;
	esac
}
