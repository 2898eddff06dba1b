# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Describes the worlds: libcs and architectures other than the build machine's. To be sourced.
# shellcheck disable=SC2034 # for those who source it

# The default worlds, in the order of the table. `debian11` takes minutes and runs only by name.
worlds='debian11-load debian12-load debian13-load sid-load musl-load musl i386 i386-time64 aarch64 s390x riscv64'

# usage: world_describe NAME
# Returns 1 if there is no such world; otherwise sets:
#   about     what is different there
#   machine   the architecture, as `uname -m` prints it
#   build     the name of the build that has its programs; two worlds may share one
#   compiler  the command
#   flags     its CPPFLAGS, or names of what run.sh fetches for it
#   host      configure's --host, if it is not the machine's own
#   qemu      the emulator, if the machine cannot run its programs; sysroot: the emulator's libraries
#   machines  set if its programs run under the machine's own library
#   release   the Debian release whose glibc its programs run with, if that is not the machine's own
#   debian    the release, if the world is a whole Debian
world_describe() {
	about='' machine='' build=$1 compiler='' flags='' host='' qemu='' sysroot='' machines='' release='' debian=''
	case $1 in
	debian11-load | debian12-load | debian13-load | sid-load)
		about="this machine's library, in programs built for glibc 2.31"
		machine=x86_64 build=glibc-2.31 compiler=gcc flags=bullseye machines=yes
		case $1 in
		debian11-load) release=bullseye ;;
		debian13-load) release=trixie ;;
		sid-load) release=sid ;;
		esac
		;;
	musl-load)
		about="this machine's library, in programs of musl"
		machine=x86_64 build=musl compiler=musl-gcc flags=kernel-headers machines=yes
		;;
	musl)
		about='built against musl'
		machine=x86_64 compiler=musl-gcc flags=kernel-headers
		;;
	i386 | i386-time64)
		about='32 bits'
		machine=i386 compiler='gcc -m32' flags=kernel-headers host=i686-linux-gnu
		[ "$1" = i386 ] || { about='32 bits, 64-bit time'; flags="$flags -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64"; }
		;;
	aarch64 | s390x | riscv64)
		about='64 bits'
		[ "$1" != s390x ] || about='64 bits, big-endian'
		machine=$1 host=$1-linux-gnu compiler=$1-linux-gnu-gcc qemu=qemu-$1 sysroot=/usr/$1-linux-gnu
		;;
	debian11)
		about='an older glibc; its library in programs of this one'
		machine=x86_64 debian=bullseye compiler=gcc
		;;
	control)
		# This machine's own programs under qemu-user. A failure here is not the other
		# architecture's fault.
		about='the control: nothing but qemu-user is different'
		machine=$(uname -m) build='' qemu=qemu-$machine sysroot=/ machines=yes
		;;
	*) return 1 ;;
	esac
}
