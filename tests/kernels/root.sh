# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The small root that scripts/kernels boots: this machine's own programs with their libraries, what was built, and the
# modules that a kernel does not have built in. Two archives, one behind the other, as the kernel takes them.
#
#   root_programs FILE             the archive that is the same for all kernels
#   root_modules RELEASE IMAGE FILE  the modules of the unpacked kernel IMAGE

# shellcheck disable=SC2154 # what scripts/kernels has set

# For lost packets, for a device with a link-local address, and for vrf.c.
root_needs='nf_tables veth vrf'

# usage: root_copy ROOT FILE...: each at its own path, with the libraries that it is linked with
root_copy() {
	root=$1
	shift
	for file; do
		mkdir -p "$root$(dirname "$file")"
		cp -L "$file" "$root$file"
		# A static one has none.
		for needed in $({ ldd "$file" 2>/dev/null || :; } | grep -o '/[^ ]*'); do
			[ ! -e "$root$needed" ] || continue
			mkdir -p "$root$(dirname "$needed")"
			cp -L "$needed" "$root$needed"
		done
	done
}

root_pack() {
	(cd "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$2"
}

# Of plugins.sh's programs; there is no compiler in there.
root_plugins() {
	compiler=${CC:-cc}
	mkdir -p "$1"
	cp "$top/tests/kernels/cc" "$1/cc"
	$compiler -o "$1/plugin.so" -shared -fPIC "$top/tests/lib/plugin.c" -ldl
	$compiler -o "$1/other.so" -shared -fPIC "$top/tests/lib/other_shim.c" -ldl
	$compiler -o "$1/ask" "$top/tests/lib/ask_plugin.c" -ldl
	$compiler -o "$1/ask-static" -static "$top/tests/lib/ask_plugin.c" -ldl 2>/dev/null
}

root_programs() {
	root=$work/root
	rm -rf "$root"
	mkdir -p "$root/bin" "$root/sbin" "$root/build/.libs" "$root/build/tests" "$root/src"
	for program in dash ip nft unshare; do
		found=$(command -v "$program") || die "'$program' is missing"
		root_copy "$root" "$(readlink -f "$found")"
		ln -sf "$(readlink -f "$found")" "$root/sbin/$program"
	done
	ln -sf ../sbin/dash "$root/bin/sh"
	cp -L "$(command -v busybox)" "$root/bin/busybox"
	# What libc opens by itself: for pthread_cancel(3), and what a test opens.
	for name in libgcc_s.so.1 libresolv.so.2; do
		root_copy "$root" "$(ldconfig -p | sed -n "s/^\t$name (libc6,x86-64.* => //p" | sed 1q)"
	done
	cp "$library" "$root/build/.libs/"
	for program in live/live kernels/facts kernels/many kernels/vrf bench/calls lib/retry_loop; do
		root_copy "$root" "$builddir/tests/$program"
		mkdir -p "$(dirname "$root/build/tests/$program")"
		mv "$root$builddir/tests/$program" "$root/build/tests/$program"
	done
	mkdir -p "$root/src/tests/lib" "$root/src/tests/live" "$root/src/scripts"
	cp "$top/tests/lib/tap.sh" "$root/src/tests/lib"
	cp "$top"/tests/live/*.sh "$root/src/tests/live"
	cp "$netns" "$top/scripts/common.sh" "$root/src/scripts"
	root_plugins "$root/src/plugins"
	cp "$top/tests/kernels/init" "$root/init"
	chmod +x "$root/init" "$root/src/plugins/cc"
	root_pack "$root" "$1"
}

# modprobe's answer, in the order in which they are to be loaded: "insmod FILE".
root_modules() {
	root=$work/$1/root
	rm -rf "$root"
	mkdir -p "$root/modules" "$work/$1/lib"
	# Before trixie they are in /lib, which is a link elsewhere now.
	modules=$2/usr/lib/modules
	[ -d "$modules" ] || modules=$2/lib/modules
	rm -rf "$work/$1/tree"
	mkdir -p "$work/$1/tree/lib"
	ln -s "$modules" "$work/$1/tree/lib/modules"
	# That it has no list of what is built in is nothing to warn of here.
	depmod -b "$work/$1/tree" "$1" 2>"$work/$1/depmod"
	for needed in $root_needs; do
		modprobe -d "$work/$1/tree" -S "$1" --show-depends "$needed" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | awk '!seen[$0]++' | while read -r file; do
		name=$(basename "$file")
		name=${name%%.ko*}.ko
		case $file in
		*.xz) xz -dc "$file" >"$root/modules/$name" ;;
		*.zst) zstd -qdc "$file" >"$root/modules/$name" ;;
		*) cp "$file" "$root/modules/$name" ;;
		esac
		echo "$name" >>"$root/modules/order"
	done
	root_pack "$root" "$3"
}
