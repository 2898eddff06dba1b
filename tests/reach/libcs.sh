#!/bin/sh
# SPDX-License-Identifier: MIT
# One file for every libc: the library that make has built protects programs of glibc 2.31, 2.36 and 2.41, of this machine
# and of musl. The same programs, built for glibc 2.31, run with each glibc. scripts/worlds runs the live tests in the same
# way. tests/built/imports.sh shows that the library needs nothing.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

tap_needs_netns
for command in apt-get dpkg musl-gcc readelf; do
	tap_needs $command
done
[ "$(uname -m)" = x86_64 ] || tap_skip_all "the other releases of Debian are fetched for x86_64"

archive=$builddir/archive cc=${CC:-cc}
# usage: fetch RELEASE [PACKAGE...]
fetch() {
	release=$1
	shift
	sh "$srcdir/tests/lib/debian_libc.sh" "$release" "$archive/$release" "$@" >"$tmp/$release" 2>&1
}
releases='bullseye bookworm trixie'
fetch bullseye libc6-dev linux-libc-dev &
fetch bookworm &
fetch trixie &
wait
for release in $releases; do
	[ -e "$archive/$release/libs" ] || tap_skip_all "the libc of $release is not available: $(tail -n 1 "$tmp/$release")"
done

# It needs no libc: it ends with status 42.
cat >"$tmp/alone.s" <<-'ASSEMBLY'
	.globl _start
	_start: mov $60, %eax
	mov $42, %edi
	syscall
	.section .note.GNU-stack
ASSEMBLY
# Without -fpic, the linker copies libc's environ into the program.
cat >"$tmp/environ.c" <<-'C'
	extern char **environ;
	int has_environment(void);
	int has_environment(void) { return environ && *environ; }
C
# usage: build FOLDER COMPILER...
build() {
	folder=$tmp/$1 loop=$srcdir/tests/lib/retry_loop.c
	shift
	mkdir "$folder"
	"$@" -o "$folder/plain" "$loop"
	"$@" -o "$folder/libdl" "$loop" -Wl,--no-as-needed -ldl
	"$@" -o "$folder/libpthread" "$loop" -Wl,--no-as-needed -lpthread
	"$@" -shared -fPIC -o "$folder/plugin.so" "$srcdir/tests/lib/plugin.c"
	"$@" -fno-pie -no-pie -o "$folder/environ" "$loop" "$tmp/environ.c" -Wl,--no-as-needed "$folder/plugin.so"
	"$@" -o "$folder/loop" "$srcdir/tests/lib/loop.c"
	"$@" -nostdlib -pie -o "$folder/alone" "$tmp/alone.s"
}
old=$archive/bullseye
# shellcheck disable=SC2086 # words
build glibc $cc -D_GNU_SOURCE= "--sysroot=$old" "-B$old/usr/lib/x86_64-linux-gnu"
kernel_headers="-idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu"
# shellcheck disable=SC2086 # words
build musl musl-gcc -D_GNU_SOURCE= $kernel_headers

# usage: loaded LIBRARY PROGRAM [ARG...]: runs a program with the ld.so $run, the library and $variables
run='' variables=
loaded() {
	preload=$1
	shift
	# shellcheck disable=SC2086 # words
	"$netns" 40000 40001 -- timeout -s KILL 30 env $variables "LD_PRELOAD=$preload" $run "$@"
}
# usage: status COMMAND...: prints the exit status
status() {
	status=0
	"$@" >"$tmp/out" 2>&1 || status=$?
	echo $status
}
# usage: client PROGRAM [VARIABLE=VALUE...]: the status of the retry loop, and which repairs it has logged. A process logs
# ten in a second.
client() {
	: >"$tmp/log"
	program=$1
	shift
	variables="NOSELFCONN_LOG=$tmp/log $*"
	echo "$(status loaded "$library" "$program" 40000 8),$(sed -n 's/.* action=\([a-z]*\) .* outcome=\([a-z]*\)$/\1 \2/p' "$tmp/log" |
		sort | uniq -c | tr -s ' \n' ' ')"
}

# usage: one_libc NAME FOLDER RUN...
one_libc() {
	name=$1 folder=$tmp/$2
	shift 2
	run=$*
	tap_is "$(status loaded '' "$folder/plain" 40000 1)" 1 "$name: without the library a client is connected to itself"
	for program in plain libdl libpthread; do
		tap_is "$(client "$folder/$program")" "0, 8 replace refused " "$name, $program: with it refused"
	done
	tap_is "$(client "$folder/environ" NOSELFCONN_METHOD=rewind PLUGIN_CONNECTS=constructor "PLUGIN_TELLS=$tmp/plugin")" \
		"0, 9 rewind refused " "$name: the settings count in a program that holds environ, also in a library's constructor"
	tap_is "$(cat "$tmp/plugin")" "Connection refused" "$name: what the constructor connects is refused"
	for call in sendto sendmsg sendmmsg; do
		tap_is "$(status loaded "$library" "$folder/loop" $call 1)" 0 "$name: $call reaches libc or the kernel"
	done
	tap_is "$(status loaded '' "$folder/alone")" 42 "$name: a dynamic program without libc runs"
	tap_is "$(status loaded "$library" "$folder/alone")" 42 "$name: it runs with the library, too"
}
# usage: one_glibc DIRECTORY [RUN...]
one_glibc() {
	libs=$1
	shift
	run=$*
	# The C library says its version when it runs as a program.
	# shellcheck disable=SC2086 # words
	name="glibc $(${run:-env} "$libs/libc.so.6" | sed -n '1s/.* version \([0-9.]*[0-9]\).*/\1/p')"
	echo "$name" >>"$tmp/names"
	one_libc "$name" glibc "$@"
	# The program itself is bound to the library.
	variables=LD_DEBUG=bindings
	loaded "$library" "$tmp/glibc/plain" 40000 1 >"$tmp/out" 2>&1 || :
	tap_is "$(grep -v 'file [^ ]*/plain ' "$tmp/out" | grep -oE '/libc.so.6 .* .(connect|send(to|msg|mmsg))'\' | grep -oE '[a-z]+'\' | tr "'\n" ' ')" \
		'sendto  sendmsg  sendmmsg  connect  ' "$name: without libdl, the library finds libc's own functions"
}

echo "# the one file: $(sha256sum "$library")"
tap_is "$(readelf -d "$tmp/glibc/plain" | grep -c NEEDED)" 1 "plain needs nothing but libc"
tap_is "$(readelf -d "$tmp/glibc/libdl" | grep -c 'NEEDED.*libdl')" 1 "libdl needs libdl"
for folder in glibc musl; do
	tap_is "$(readelf -rW "$tmp/$folder/environ" | grep -c 'R_X86_64_COPY.*environ')" 1 "$folder: environ holds a copy of the variable"
	tap_is "$(readelf -dlW "$tmp/$folder/alone" | grep -cE 'program interpreter|NEEDED')" 1 "$folder: alone has an ld.so and needs nothing"
done
for release in $releases; do
	libs=$archive/$release/libs
	one_glibc "$libs" "$libs/ld-linux-x86-64.so.2" --library-path "$libs"
done
one_glibc "$(dirname "$($cc -print-file-name=libc.so.6)")"
one_libc musl musl
status=0
[ "$(sort -u "$tmp/names" | wc -l)" -ge 3 ] || status=1
tap_ok $status "these are at least three versions of glibc: $(sort -u "$tmp/names" | paste -sd ,)"

# No library reaches a static program. It has no version of libc to look for, either.
if $cc -static-pie -o "$tmp/static" "$srcdir/tests/lib/retry_loop.c" 2>"$tmp/out"; then
	run='' variables=
	tap_is "$(status loaded "$library" "$tmp/static" 40000 1)" 1 "static-pie: the library does nothing"
else
	tap_skip "static-pie" "the compiler makes none"
fi
tap_done
