# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# A minimal Debian for one test. Source it first: `. "$srcdir/tests/lib/debian.sh"`. debootstrap
# makes one Debian per day in the build directory. Each test gets a copy of it in its own mount and
# process namespaces. Sets debian, the root directory, and everything that tests/lib/tap.sh sets.
# Only git and sudo are added to Debian's minimum.

srcdir=${srcdir:-$(CDPATH='' cd "$(dirname "$0")/../.." && pwd)}
# usage: debian_skip REASON
# Ends the test; may be called at any point.
debian_skip() {
	[ -n "${tap_count-}" ] || . "$srcdir/tests/lib/tap.sh"
	tap_skip "$(basename "$0" .sh)" "$1"
	tap_done
	exit 0
}
[ "$(id -u)" -eq 0 ] || debian_skip "only root can make a Debian"
command -v debootstrap >/dev/null || debian_skip "there is no debootstrap here"
if [ -z "${NSC_OWN_PROCESSES-}" ]; then
	unshare --mount --pid --fork true 2>/dev/null || debian_skip "no permission to make namespaces"
	exec unshare --mount --propagation private --pid --fork --kill-child --mount-proc env NSC_OWN_PROCESSES=1 sh "$0"
fi
. "$srcdir/tests/lib/tap.sh"

# debootstrap and sudo do not read the machine's apt settings.
[ -n "${http_proxy-}" ] || eval "$(apt-config shell http_proxy Acquire::http::Proxy 2>/dev/null)"
[ -z "${http_proxy-}" ] || export http_proxy

# The machine's own release, because programs that are built here run in it.
debian_release=bookworm
if grep -qx 'ID=debian' /etc/os-release 2>/dev/null; then
	debian_release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
fi
debian_kept=$builddir/tests/debian
debian_make() {
	rm -rf "$debian_kept"
	debootstrap --variant=minbase --include=git,sudo "${debian_release:-sid}" "$debian_kept" >"$tmp/debootstrap.log" 2>&1 || return
	# The directory need not survive a power failure.
	echo force-unsafe-io >"$debian_kept/etc/dpkg/dpkg.cfg.d/unsafe-io"
	[ -z "${http_proxy-}" ] || echo "Acquire::http::Proxy \"$http_proxy\";" >"$debian_kept/etc/apt/apt.conf.d/proxy"
	chroot "$debian_kept" apt-get -qq update >>"$tmp/debootstrap.log" 2>&1 && touch "$debian_kept/complete"
}
exec 8>"$debian_kept.lock"
flock 8
if [ -z "$(find "$debian_kept/complete" -mtime -1 2>/dev/null)" ] && ! debian_make; then
	debian_skip "debootstrap failed: $(tail -n 1 "$tmp/debootstrap.log")"
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
# Only a mount point can become the root of a mount namespace. Setuid programs work in it even if
# /tmp is mounted nosuid.
mount --bind "$debian" "$debian"
mount -o remount,bind,suid,dev,exec "$debian"
mount -t proc proc "$debian/proc"
mount -t sysfs sysfs "$debian/sys"
mount --rbind /dev "$debian/dev"
# Copy the machine's host names, so that sudo can resolve its own.
cp /etc/resolv.conf /etc/hosts "$debian/etc" 2>/dev/null || :

# usage: debian_enter COMMAND [ARG...]
# Makes the Debian the root of the mount namespace: user namespaces cannot be made inside a chroot.
debian_enter() {
	# shellcheck disable=SC2016 # the inner shell expands
	unshare --mount --propagation private sh -euc 'cd "$1"; shift; pivot_root . .; umount -l .; cd /; exec "$@"' enter \
		"$debian" "$@"
}

# usage: in_debian COMMAND [ARG...]
# Runs the command as root.
in_debian() {
	debian_enter env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"
}

# usage: debian_login USER COMMAND
# Runs the command in a login shell, with Debian's default limits.
debian_login() {
	# shellcheck disable=SC3045 # dash has it
	(ulimit -Sn 1024 && umask 022 && debian_enter su -l "$1" -c "$2") </dev/null
}

# usage: debian_install PACKAGE...
# Installs packages that the test itself uses, without starting services. Skips the test if they are
# not available.
debian_install() {
	printf '#!/bin/sh\nexit 101\n' >"$debian/usr/sbin/policy-rc.d"
	chmod 755 "$debian/usr/sbin/policy-rc.d"
	in_debian apt-get -qq install -y --no-install-recommends "$@" </dev/null >"$tmp/install.log" 2>&1 || {
		sed 's/^/# /' "$tmp/install.log"
		debian_skip "Debian's archive does not give these packages: $*"
	}
	rm "$debian/usr/sbin/policy-rc.d"
}

# Makes the user newcomer, who may use sudo and sees the README's URL as /upstream. That repository
# holds the working tree, including uncommitted changes. Sets readme_url.
debian_newcomer() {
	git -C "$srcdir" rev-parse 2>/dev/null || debian_skip "this is no git clone, so it cannot be cloned"
	readme_url=$(sed -n 's/^git clone //p' "$srcdir/README.md")
	mkdir "$debian/upstream"
	(cd "$srcdir" && git ls-files -z | xargs -0 tar -cf - --ignore-failed-read 2>"$tmp/missing") | tar -xf - -C "$debian/upstream"
	in_debian useradd -m -s /bin/bash newcomer
	chown -R 1000 "$debian/upstream"
	echo 'newcomer ALL=(ALL) NOPASSWD: ALL' >"$debian/etc/sudoers.d/newcomer"
	debian_login newcomer "git config --global url.file:///upstream.insteadOf '$readme_url' && cd /upstream &&
		git init -q -b main && git add -A && git -c user.name=tests -c user.email=tests@localhost commit -q -m all"
}
