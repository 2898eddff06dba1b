#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and runs one world, for scripts/worlds, which judges the results.
# usage: run.sh NAME WORK NATIVE
#   NAME    a name from describe.sh
#   WORK    has tree (our source, unconfigured) and check/source
#   NATIVE  this machine's own build
# Leaves in WORK/NAME: client (the retry loop's results: without, with, repairs), unit.tap,
# live.tap, libc, library (its sum), imports (those that are not weak) and log.
set -eu
name=$1 work=$2 native_build=$3
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$here/describe.sh"
world_describe "$name"
out=$work/$name
rm -rf "$out"
mkdir -p "$out"
exec >"$out/log" 2>&1

# A world's skips are legitimate: each names its reason, and the control shows what qemu-user lacks.
unset NSC_NO_SKIP

# Collects the kernel's headers alone. Debian installs them beside glibc's, where compilers for
# other libcs do not look.
kernel_headers() {
	mkdir -p "$1"
	ln -sfn /usr/include/linux "$1/linux"
	ln -sfn /usr/include/asm-generic "$1/asm-generic"
	ln -sfn /usr/include/x86_64-linux-gnu/asm "$1/asm"
}

make_check() {
	[ ! -e lib/.libs/libcompat.a ] || [ ! -e src/.libs/libcheck.a ] || return 0
	"$work/check/source/configure" "$@" --disable-shared --disable-subunit --disable-build-docs
	make -C lib
	make -C src libcheck.la
}

# usage: unpack_glibc RELEASE [PACKAGE...]
unpack_glibc() {
	unpacked=$1
	shift
	sh "$here/../lib/debian_libc.sh" "$unpacked" "$work/builds/$unpacked" "$@"
}

build_here() {
	mkdir -p "$work/builds/$build/check" "$work/builds/$build/ours"
	cppflags=
	for flag in $flags; do
		case $flag in
		kernel-headers)
			kernel_headers "$work/builds/$build/kernel"
			flag="-idirafter $work/builds/$build/kernel"
			;;
		bullseye)
			unpack_glibc "$flag" libc6-dev linux-libc-dev
			compiler="$compiler --sysroot=$work/builds/$flag -B$work/builds/$flag/usr/lib/x86_64-linux-gnu"
			flag=
			;;
		esac
		cppflags="$cppflags $flag"
	done
	set -- ${host:+--host="$host"} CC="$compiler" CPPFLAGS="$cppflags" CFLAGS=-O2
	cd "$work/builds/$build/check"
	make_check "$@"
	check=$PWD
	cd ../ours
	[ -e Makefile ] || "$work/tree/configure" "$@" --enable-werror CHECK_CFLAGS="-I$check -I$check/src -I$work/check/source/src" \
		CHECK_LIBS="$check/src/.libs/libcheck.a $check/lib/.libs/libcompat.a -lm -lrt -lpthread"
	make all tests/unit/unit tests/live/live tests/lib/retry_loop
}

# Builds in a Debian made by debootstrap, with that release's Check.
build_in_debian() {
	root=$work/builds/$build/root
	if [ ! -e "$root/complete" ]; then
		rm -rf "$root"
		debootstrap --variant=minbase --include=gcc,libc6-dev,make,pkg-config,check,iproute2,nftables,procps \
			"$debian" "$root" http://deb.debian.org/debian
		touch "$root/complete"
	fi
	rm -rf "$root/tree"
	cp -a "$work/tree" "$root/tree"
	mkdir -p "$root/ours"
	chroot "$root" sh -euc 'cd /ours
		[ -e Makefile ] || /tree/configure --enable-werror CFLAGS=-O2
		make all tests/unit/unit tests/live/live tests/lib/retry_loop'
	ln -sfn root/ours "$work/builds/$build/ours"
}

build_all() {
	if [ -n "$debian" ]; then
		build_in_debian
	else
		build_here
	fi
}

# usage: runner FILE LIBRARY
# Makes FILE a command that runs a program of this world, with LIBRARY or with none.
runner() {
	if [ -n "$qemu" ]; then
		command="env NSC_TESTS_PRELOADED=${2:-none} $qemu -L $sysroot ${2:+-E LD_PRELOAD=$2}"
	elif [ -n "$release" ]; then
		command="env NSC_TESTS_PRELOADED=${2:-none} ${2:+LD_PRELOAD=$2} $libs/ld-linux-x86-64.so.2 --library-path $libs"
	else
		command="env ${2:+LD_PRELOAD=$2}"
	fi
	printf '#!/bin/sh\nexec %s "$@"\n' "$command" >"$1"
	chmod +x "$1"
}

# usage: client LOOP
# Runs the retry loop where the first attempt connects to itself.
client() {
	status=0
	"$here/../../scripts/netns" 40000 40001 -- "$out/plain" "$1" 40000 1 || status=$?
	echo "without $status" >"$out/client"
	: >"$out/repairs"
	status=0
	# A process logs ten repairs in a second.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		NOSELFCONN_LOG=$out/repairs "$here/../../scripts/netns" 40000 40001 -- "$out/shimmed" "$1" 40000 10 || status=$?
	done
	echo "with $status" >>"$out/client"
	sed -n 's/.* action=\([a-z]*\) .* outcome=\([a-z]*\)$/repairs \1 \2/p' "$out/repairs" >>"$out/client"
}

# usage: suite PROGRAM
suite() {
	if [ -n "$debian" ]; then
		# /proc must match the mount namespace, which ends with the command. Tests change how mounts below / spread, so
		# / must be one.
		# shellcheck disable=SC2016 # the inner shell expands
		set -- "$1" unshare --mount sh -euc 'mount --bind "$1" "$1"; mount -t proc none "$1/proc"; exec chroot "$@"' sh \
			"$work/builds/$build/root" env srcdir=/tree builddir=/ours "/ours/tests/$1/$1"
	elif [ -n "$qemu$release" ]; then
		# The unit tests contain the core, so they need no library. Programs that execute
		# themselves use this file: see tests/lib/reexec.h.
		runner=shimmed
		[ "$1" != unit ] || runner=plain
		printf '#!/bin/sh\nexec %s %s "$@"\n' "$out/$runner" "$programs/tests/$1/$1" >"$out/$1"
		chmod +x "$out/$1"
		set -- "$1" env NSC_TESTS_REEXEC="$out/$1" "$out/$1"
	else
		set -- "$1" "$programs/tests/$1/$1"
	fi
	program=$1
	shift
	srcdir="$here/../.." builddir="$library_build" CK_DEFAULT_TIMEOUT=300 "$@" >"$out/$program.tap" || :
}

glibc_of() {
	printf '#include <features.h>\nglibc __GLIBC__.__GLIBC_MINOR__\n' | $1 -E -P - | sed -n '$s/ \././; $s/\. /./; $p'
}
libc() {
	case $name in
	musl) musl_version ;;
	musl-load) echo "$(glibc_of cc), $(musl_version)" ;;
	*-load)
		# It says its version when it runs as a program.
		"$out/plain" "$libs/libc.so.6" | sed -n "1s/.* version \\([0-9.]*[0-9]\\).*/$(glibc_of cc), \\1/p"
		;;
	debian*) chroot "$work/builds/$build/root" ldd --version | sed -n '1s/.* /glibc /p' ;;
	*) glibc_of "${compiler:-cc}" ;;
	esac
}
musl_version() {
	/lib/ld-musl-x86_64.so.1 2>&1 | sed -n 's/^Version/musl/p'
}

programs=$native_build library_build=$native_build
if [ -n "$build" ]; then
	programs=$work/builds/$build/ours
	mkdir -p "$work/builds"
	# If two worlds share a build, one makes it while the other waits.
	exec 9>"$work/builds/$build.lock"
	flock 9
	(build_all 9>&-)
	exec 9>&-
	[ -n "$machines" ] || library_build=$programs
fi
library=$library_build/.libs/libnoselfconn.so
sha256sum "$library" >"$out/library"
nm -D --undefined-only "$library" | awk '$1 != "w"' >"$out/imports"
libs=$(dirname "$(cc -print-file-name=libc.so.6)")
if [ -n "$release" ]; then
	unpack_glibc "$release"
	libs=$work/builds/$release/libs
fi
runner "$out/plain" ''
libc >"$out/libc"
runner "$out/shimmed" "$library"
# Run the other Debian's library in a program of this machine.
loop=$programs/tests/lib/retry_loop
[ -z "$debian" ] || loop=$native_build/tests/lib/retry_loop
client "$loop"
suite live &
case $name in
*-load) ;; # see judge.sh
*) suite unit ;;
esac
wait
