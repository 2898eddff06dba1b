# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The small root file system that scripts/kernels boots: this machine's programs with their
# libraries, the built files, and the modules that a kernel lacks. It consists of two concatenated
# archives, which the kernel accepts.
#
#   root_programs FILE               the archive that is the same for all kernels
#   root_modules RELEASE IMAGE FILE  the modules of the unpacked kernel IMAGE

# shellcheck disable=SC2154 # what scripts/kernels has set

# nf_tables drops packets, veth provides a device with a link-local address, and vrf.c needs vrf.
root_needs='nf_tables veth vrf'

# usage: root_copy ROOT FILE...
# Copies each file to its own path, with the libraries that it is linked with.
root_copy() {
	root=$1
	shift
	for file; do
		mkdir -p "$root$(dirname "$file")"
		cp -L "$file" "$root$file"
		# A static program has no libraries.
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

# Compile the programs of plugins.sh now: the root has no compiler.
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
	# Libraries that libc opens by itself, for example for pthread_cancel(3), or that a test
	# opens.
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

# modprobe lists the modules in load order, as "insmod FILE" lines.
root_modules() {
	root=$work/$1/root
	rm -rf "$root"
	mkdir -p "$root/modules" "$work/$1/lib"
	# Before trixie, modules are in /lib, which later releases make a link.
	modules=$2/usr/lib/modules
	[ -d "$modules" ] || modules=$2/lib/modules
	rm -rf "$work/$1/tree"
	mkdir -p "$work/$1/tree/lib"
	ln -s "$modules" "$work/$1/tree/lib/modules"
	# depmod warns that there is no list of built-in modules, which does not matter here.
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
