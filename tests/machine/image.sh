# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The disk of scripts/machine's Debian.
#
#   image_base   leaves in $work/base what is the same each time: Debian with its kernel, kept for a day
#   image_disk   leaves disk, kernel and initrd in $work: with our packages, enabled, and with guest.sh as a service

# shellcheck disable=SC2154 # scripts/machine sets work, top and packages

image_packages=systemd-sysv,dbus,udev,libpam-systemd,kmod,linux-image-cloud-amd64,initramfs-tools,openssh-server,sudo,cron
image_packages=$image_packages,apparmor,iproute2,iptables,inetutils-telnet,python3

# usage: image_in ROOT COMMAND [ARG...]: with ROOT as the root folder, in mounts of its own
image_in() {
	root=$1
	shift
	# shellcheck disable=SC2016 # the inner shell expands
	unshare --mount --propagation private sh -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"' \
		in "$root" "$@" </dev/null
}

# usage: image_step COMMAND [ARG...]: its output only if it fails
image_step() {
	"$@" >"$work/log" 2>&1 || {
		cat "$work/log" >&2
		die "'$1' failed"
	}
}

image_base() {
	[ -z "$(find "$work/base/complete" -mtime -1 2>/dev/null)" ] || return 0
	[ -n "${http_proxy-}" ] || eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
	[ -z "${http_proxy-}" ] || export http_proxy
	rm -rf --one-file-system "$work/base"
	image_step timeout 1800 debootstrap --variant=minbase --include="$image_packages" bookworm "$work/base"
	rm -rf "$work/base/var/cache/apt/archives"/*.deb "$work/base/var/lib/apt/lists"/*
	touch "$work/base/complete"
}

# usage: image_later DEB FOLDER: the same package as a later version
image_later() {
	rm -rf "$work/later"
	dpkg-deb -R "$1" "$work/later"
	sed -i 's/^Version: .*/Version: 99/; s/libnoselfconn (= [^)]*)/libnoselfconn (= 99)/' "$work/later/DEBIAN/control"
	dpkg-deb -Znone -b "$work/later" "$2/" >/dev/null
	rm -rf "$work/later"
}

# A user who may use sudo and comes by ssh, programs with more and with fewer rights, and a profile for one of them.
image_users() {
	image_step image_in "$1" useradd -m -s /bin/bash visitor
	echo 'visitor ALL=(ALL) NOPASSWD: ALL' >"$1/etc/sudoers.d/visitor"
	install -d -m 700 "$1/root/.ssh" "$1/home/visitor/.ssh"
	image_step image_in "$1" ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
	cp "$1/root/.ssh/id_ed25519.pub" "$1/home/visitor/.ssh/authorized_keys"
	sed "s/^/127.0.0.1 /" "$1/etc/ssh/ssh_host_ed25519_key.pub" >"$1/root/.ssh/known_hosts"
	chown -R --reference="$1/home/visitor" "$1/home/visitor/.ssh"
	for kind in setuid setgid; do
		cp -L "$1/usr/bin/inetutils-telnet" "$1/usr/local/bin/telnet-$kind"
	done
	chown root:daemon "$1/usr/local/bin/telnet-setgid"
	chmod 4755 "$1/usr/local/bin/telnet-setuid"
	chmod 2755 "$1/usr/local/bin/telnet-setgid"
	cp -L "$1/bin/bash" "$1/usr/local/bin/bash-confined"
	cp "$top/tests/machine/confined" "$1/etc/apparmor.d/bash-confined"
}

image_disk() {
	root=$work/root
	rm -rf --one-file-system "$root"
	cp -a "$work/base" "$root"
	rm "$root/complete"
	echo machine >"$root/etc/hostname"
	echo '127.0.0.1 localhost machine' >"$root/etc/hosts"
	image_users "$root"
	mkdir -p "$root/test/later"
	for name in libnoselfconn noselfconn; do
		cp "$packages/${name}_"*.deb "$root/test/"
		image_later "$packages/${name}_"*.deb "$root/test/later"
	done
	cp "$top/tests/machine/guest.sh" "$root/test/guest.sh"
	cp "$top/tests/machine/machine-test.service" "$root/etc/systemd/system/"
	ln -s ../machine-test.service "$root/etc/systemd/system/multi-user.target.wants/"
	# shellcheck disable=SC2016 # the inner shell expands
	image_step image_in "$root" sh -c 'apt-get -qq -y install /test/*.deb'
	image_step image_in "$root" noselfconnctl enable
	image_in "$root" systemctl is-enabled noselfconn-firewall >"$root/test/firewall" || :
	image_step image_in "$root" systemctl enable noselfconn-firewall
	# The library goes into the initrd with all that ld.so would load.
	image_step image_in "$root" update-initramfs -u
	cp "$root"/boot/vmlinuz-* "$work/kernel"
	cp "$root"/boot/initrd.img-* "$work/initrd"
	rm -f "$work/disk"
	truncate -s 2G "$work/disk"
	image_step mke2fs -q -t ext4 -F -d "$root" "$work/disk"
	rm -rf --one-file-system "$root"
}
