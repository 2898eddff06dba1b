# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# A Debian of the test's own, by debootstrap, in place of the machine's; `. "$srcdir/tests/lib/debian.sh"` before all else. It is a
# mount point in a mount namespace of the test's own, with processes of its own, which end with the test. What debootstrap has
# made is kept in the build directory for the other tests of a day. Sets: debian (its root folder), with nothing in it but what
# Debian has everywhere, git and sudo; and what tests/lib/tap.sh sets.

srcdir=${srcdir:-$(CDPATH='' cd "$(dirname "$0")/../.." && pwd)}
# usage: debian_skip REASON: ends the test, wherever it is
debian_skip() {
	[ -n "${tap_count-}" ] || . "$srcdir/tests/lib/tap.sh"
	tap_skip "$(basename "$0" .sh)" "$1"
	tap_done
	exit 0
}
[ "$(id -u)" -eq 0 ] || debian_skip "a Debian of its own takes root"
command -v debootstrap >/dev/null || debian_skip "no debootstrap here"
[ -x "${builddir:-$srcdir/build}/noselfconnctl" ] ||
	debian_skip "noselfconnctl has not been built, for want of a static libc"
[ -n "${NSC_OWN_PROCESSES-}" ] || exec unshare --mount --propagation private --pid --fork --kill-child --mount-proc \
	env NSC_OWN_PROCESSES=1 sh "$0"
. "$srcdir/tests/lib/tap.sh"

debian_kept=$builddir/tests/debian
debian_make() {
	rm -rf "$debian_kept"
	debootstrap --variant=minbase --include=git,sudo bookworm "$debian_kept" >"$tmp/debootstrap.log" 2>&1 &&
		chroot "$debian_kept" apt-get -qq update >>"$tmp/debootstrap.log" 2>&1 && touch "$debian_kept/complete"
}
exec 8>"$debian_kept.lock"
flock 8
if [ -z "$(find "$debian_kept/complete" -mtime -1 2>/dev/null)" ] && ! debian_make; then
	debian_skip "debootstrap makes none: $(tail -n 1 "$tmp/debootstrap.log")"
fi
exec 8>&-

debian=$tmp/debian
debian_end() {
	cd /
	umount -R -l "$debian" 2>/dev/null || :
	rm -rf --one-file-system "$tmp"
}
trap debian_end EXIT
cp -a "$debian_kept" "$debian"
rm "$debian/complete"
# A mount point, so that there can be mount namespaces in the chroot; and one in which setuid counts, whatever /tmp is.
mount --bind "$debian" "$debian"
mount -o remount,bind,suid,dev,exec "$debian"
mount -t proc proc "$debian/proc"
mount --rbind /dev "$debian/dev"
# The machine's own names of hosts, whatever it is called.
cp /etc/resolv.conf /etc/hosts "$debian/etc" 2>/dev/null || :

# usage: in_debian COMMAND [ARG...]: as root
in_debian() {
	chroot "$debian" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive ${http_proxy:+"http_proxy=$http_proxy"} "$@"
}

# usage: debian_install PACKAGE...: for the test to look at, rather than to test; no service starts. Without them there is no test
debian_install() {
	printf '#!/bin/sh\nexit 101\n' >"$debian/usr/sbin/policy-rc.d"
	chmod 755 "$debian/usr/sbin/policy-rc.d"
	in_debian apt-get -qq install -y --no-install-recommends "$@" </dev/null >"$tmp/install.log" 2>&1 || {
		sed 's/^/# /' "$tmp/install.log"
		debian_skip "Debian's packages are not to be had: $*"
	}
	rm "$debian/usr/sbin/policy-rc.d"
}
