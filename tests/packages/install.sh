#!/bin/sh
# SPDX-License-Identifier: MIT
# make install installs the library by rename as one file under its plain name, which ld.so finds.
# make uninstall removes everything.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/tree.sh"
tap_needs_netns

prefix=$tmp/prefix build=$tmp/build staged=$tmp/staged
installed=$prefix/lib/libnoselfconn.so

# Stands in for ldconfig, whose cache is the machine's, and records its arguments.
mkdir "$tmp/bin"
printf '#!/bin/sh\necho "ldconfig $*" >>"%s"\n' "$tmp/ldconfig.log" >"$tmp/bin/ldconfig"
chmod +x "$tmp/bin/ldconfig"

# usage: make_there TARGET [VARIABLE=VALUE...]
make_there() {
	: >"$tmp/ldconfig.log"
	make_status=0
	(PATH=$tmp/bin:$PATH make -C "$build" V=1 "$@") >"$tmp/make.log" 2>&1 || make_status=1
	[ $make_status -eq 0 ] || tail -n 40 "$tmp/make.log" | sed 's/^/# /'
}

# Lists the library's files in a directory, whatever their names.
files_in() {
	find "$1" ! -path '*/man/*' \( -name 'libnoselfconn*' -o -name '*.la' \) | sort | tr '\n' ' '
}

status=0
tree_configure "$build" --prefix="$prefix" --libdir="$prefix/lib" CPPFLAGS=-D_FORTIFY_SOURCE=2 \
	CFLAGS='-O1 -fstack-protector-strong -DNSC_USERS' || status=1
make_there all
tap_ok $((status + make_status)) "it is built with the user's flags"

compiled=$(grep -cE '^libtool: compile:.* -DNSC_USERS' "$tmp/make.log") || :
tap_is "$compiled" "$(find "$tree/src/shim" -name '*.c' | wc -l)" \
	"every file of the shim is compiled with the user's CFLAGS"
# The line continues with the file name and with flags for code and dependencies.
tap_is "$(sed -n 's/^libtool: compile:.* -O1 -fstack-protector-strong -DNSC_USERS//p' "$tmp/make.log" | tr ' ' '\n' |
	grep '^-' | grep -vE '^-(M.*|c|o|fPIC|DPIC)$' | sort -u | tr '\n' ' ')" '' "no flag of ours comes after the user's"

# Distributions build with such flags.
builddir=$build sh "$srcdir/tests/built/imports.sh" >"$tmp/imports" 2>&1 || :
tap_include "$tmp/imports" "hardened by the user's flags: "
tap_is "$(objdump -d "$build/.libs/libnoselfconn.so" | grep -c 'call.*<__stack_chk_fail>' | sed 's/^[1-9][0-9]*$/some/')" some \
	"its stack is protected, so the flags were used"

make_there install DESTDIR="$staged"
tap_is "$make_status, $(files_in "$staged")" "0, $staged$installed " \
	"DESTDIR: one file is the library, no .la, no version"
[ ! -h "$staged$installed" ] && status=0 || status=1
tap_ok $status "DESTDIR: it is a file, not a link"
tap_is "$(cat "$tmp/ldconfig.log")" '' "DESTDIR: ld.so's cache is left alone"
make_there uninstall DESTDIR="$staged"
tap_is "$make_status, $(find "$staged" ! -type d | tr '\n' ' ')" "0, " "DESTDIR: make uninstall leaves nothing"
tap_is "$(cat "$tmp/ldconfig.log")" '' "DESTDIR: nor does make uninstall touch the cache"

make_there install
tap_is "$make_status, $(files_in "$prefix")" "0, $installed " "prefix: one file is the library, no .la, no version"
tap_is "$(grep -cx 'ldconfig ' "$tmp/ldconfig.log")" 1 "prefix: ld.so is told"

# Installs again over the existing file. strace shows which calls write, rename or unlink it.
if ! strace -o "$tmp/strace.log" true 2>"$tmp/errors"; then
	tap_skip "an installed library is replaced by rename" "no strace: $(tail -n 1 "$tmp/errors")"
else
	(PATH=$tmp/bin:$PATH strace -f -qq -o "$tmp/strace.log" -e trace=%file,truncate,ftruncate \
		make -C "$build" install) >"$tmp/make.log" 2>&1 || tail -n 40 "$tmp/make.log" | sed 's/^/# /'
	grep "\"$installed\"" "$tmp/strace.log" | grep -v ' = -1 ' |
		grep -E 'link|rename|truncate|O_WRONLY|O_RDWR|O_CREAT' |
		sed 's/^[0-9]* *//; s/(.*//; s/renameat.*/rename/' >"$tmp/changes"
	tap_is "$(cat "$tmp/changes")" rename "an installed library is replaced by rename, and in no other way"
	cmp -s "$installed" "$build/.libs/libnoselfconn.so" && status=0 || status=1
	tap_ok $status "by the one that was built"
	tap_is "$(files_in "$prefix")" "$installed " "nothing stays beside it"
fi

# usage: uninstall_with ENTRY...
# Runs make uninstall with these entries in a private /etc/ld.so.preload, and prints the file
# afterwards.
# shellcheck disable=SC2016 # the inner shell expands
uninstall_with() {
	make_there install
	unshare --mount sh -euc '
		etc=$1 build=$2
		shift 2
		mount -t tmpfs none /mnt
		cp -a /etc /mnt/etc
		rm -f /mnt/etc/ld.so.preload
		mount --bind /mnt/etc /etc
		printf "%s\n" "$@" >/etc/ld.so.preload
		[ -z "${NSC_READ_ONLY-}" ] || mount -o remount,bind,ro /etc
		[ -z "${NSC_WATCH-}" ] || set -- strace -f -qq -o "$NSC_WATCH" -e trace=unlink,unlinkat,rename,renameat
		[ -n "${NSC_WATCH-}" ] || set --
		"$@" make -C "$build" uninstall >"$etc/uninstall.log" 2>&1 || tail -n 40 "$etc/uninstall.log" | sed "s/^/# /"
		cat /etc/ld.so.preload 2>/dev/null || echo none
	' sh "$tmp" "$build" "$@" 2>&1
}
if [ ! -x "$build/noselfconnctl" ]; then
	tap_skip "make uninstall disables first" "no noselfconnctl: there is no static libc here"
elif [ "$(id -u)" -ne 0 ]; then
	tap_skip "make uninstall disables first" "not root"
else
	tap_is "$(uninstall_with "$installed"), $(files_in "$prefix")" "none, " "make uninstall disables first"
	other=$(dirname "$library")/../.libs/libnoselfconn.so
	tap_is "$(uninstall_with "$other"), $(files_in "$prefix")" "$other, " "make uninstall does not disable another library"
	# If that fails, the tools that repair the machine stay installed.
	NSC_READ_ONLY=1 uninstall_with "$installed" >"$tmp/kept" || :
	tap_is "$(tail -n 1 "$tmp/kept")" "$installed" "make uninstall that cannot disable: the entry stays"
	for kept in sbin/noselfconnctl bin/noselfconn lib/libnoselfconn.so share/man/man8/noselfconnctl.8; do
		[ -e "$prefix/$kept" ] && status=0 || status=1
		tap_ok $status "make uninstall that cannot disable: $kept stays"
	done
	if strace -o /dev/null true 2>/dev/null; then
		NSC_WATCH=$tmp/watched uninstall_with "$installed" >"$tmp/kept"
		tap_is "$(grep -E '"([^"]*/)?(ld\.so\.preload|[a-z_]*noselfconn[a-z.0-9]*)"' "$tmp/watched" | grep ' = 0$' | head -n 1 |
			grep -c '"ld.so.preload"')" 1 "make uninstall: the entry is the first thing that goes"
	else
		tap_skip "the entry is the first thing that goes" "no strace here that works"
	fi
	make_there install
fi

# usage: loops [LIBRARY]
# Prints the exit status of a retry loop whose connection would be a self-connection.
loops() {
	loop_status=0
	"$netns" 40000 40001 -- env ${1:+"LD_PRELOAD=$1"} "$builddir/tests/lib/retry_loop" 40000 10 \
		>"$tmp/loop" 2>&1 || loop_status=$?
	echo $loop_status
}
tap_is "$(loops), $(loops "$installed")" "1, 0" "LD_PRELOAD by full path works from where it is installed"

make_there uninstall
tap_is "$make_status, $(find "$prefix" ! -type d | tr '\n' ' ')" "0, " "prefix: make uninstall leaves nothing"
tap_is "$(grep -cx 'ldconfig ' "$tmp/ldconfig.log")" 1 "prefix: make uninstall updates ld.so's cache"

# usage: as_root COMMAND [ARG...]
# Runs the command as root, in a user namespace if necessary.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		unshare --map-root-user "$@"
	fi
}

# The machine's ld.so reads the machine's cache. This small root with env and the retry loop has its
# own.
root_make() {
	mkdir -p "$root/bin" "$root/etc"
	cp -L "$(command -v env)" "$builddir/tests/lib/retry_loop" "$root/bin"
	for needed in $(ldd "$root"/bin/* | sed -n 's|^[^/]*\(/[^ :]*\) (.*|\1|p' | sort -u); do
		mkdir -p "$root$(dirname "$needed")"
		cp -L "$needed" "$root$needed"
		dirname "$needed"
	done | sort -u >"$tmp/directories"
	echo /usr/local/lib | cat - "$tmp/directories" >"$root/etc/ld.so.conf"
}

# Prints the exit status of the retry loop with the library preloaded by name only.
loops_by_name() {
	loop_status=0
	"$netns" 40000 40001 -- chroot "$root" /bin/env LD_PRELOAD=libnoselfconn.so /bin/retry_loop 40000 10 \
		>"$tmp/loop" 2>&1 || loop_status=$?
	echo $loop_status
}

root=$tmp/root
root_make
ldconfig=$(PATH=$PATH:/usr/sbin:/sbin command -v ldconfig)
if ! as_root chroot "$root" /bin/env >"$tmp/errors" 2>&1; then
	tap_skip "LD_PRELOAD by name alone finds what is installed" "no chroot: $(tail -n 1 "$tmp/errors")"
else
	printf '#!/bin/sh\n[ $# -gt 0 ] || %s"%s" -r "%s"\n' \
		"$([ "$(id -u)" -eq 0 ] || echo 'unshare --map-root-user ')" "$ldconfig" "$root" >"$tmp/bin/ldconfig"
	before=$(loops_by_name)
	make_there install prefix="$root/usr/local" libdir="$root/usr/local/lib"
	after=$(loops_by_name)
	make_there uninstall prefix="$root/usr/local" libdir="$root/usr/local/lib"
	tap_is "$before $after $(loops_by_name)" "1 0 1" "LD_PRELOAD by name alone finds the library only while it is installed"
fi

tap_done
