#!/bin/sh
# SPDX-License-Identifier: MIT
# make install: one file, under its plain name, which ld.so finds; and make uninstall takes it away again.
. "${srcdir:-$(dirname "$0")/..}/tests/tap.sh"
. "$srcdir/tests/tree.sh"

prefix=$tmp/prefix build=$tmp/build staged=$tmp/staged
installed=$prefix/lib/libnoselfconn.so

# Stands in for the real one, whose cache is the machine's: writes down how it was called.
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

# What is there of the library in a directory, whatever it is called.
files_in() {
	find "$1" -name 'libnoselfconn*' -o -name '*.la' | sort | tr '\n' ' '
}

status=0
tree_configure "$build" --prefix="$prefix" --libdir="$prefix/lib" CFLAGS='-O1 -DNSC_USERS' || status=1
make_there all
tap_ok $((status + make_status)) "it is built with flags of the user's"

compiled=$(grep -cE '^libtool: compile:.* -DNSC_USERS' "$tmp/make.log") || :
tap_is "$compiled" "$(find "$tree/src/shim" -name '*.c' | wc -l)" "every file of the shim is compiled with the user's CFLAGS"
# Behind them come the file itself, and what makes its code and dependencies go where they belong.
tap_is "$(sed -n 's/^libtool: compile:.* -O1 -DNSC_USERS//p' "$tmp/make.log" | tr ' ' '\n' |
	grep '^-' | grep -vE '^-(M.*|c|o|fPIC|DPIC)$' | sort -u | tr '\n' ' ')" '' "no flag of ours comes after the user's"

make_there install DESTDIR="$staged"
tap_is "$make_status, $(files_in "$staged")" "0, $staged$installed " "DESTDIR: one file is installed, no .la, no version"
[ ! -h "$staged$installed" ] && status=0 || status=1
tap_ok $status "DESTDIR: it is a file, not a link"
tap_is "$(cat "$tmp/ldconfig.log")" '' "DESTDIR: ld.so's cache is left alone"
make_there uninstall DESTDIR="$staged"
tap_is "$make_status, $(find "$staged" ! -type d | tr '\n' ' ')" "0, " "DESTDIR: make uninstall leaves nothing"
tap_is "$(cat "$tmp/ldconfig.log")" '' "DESTDIR: nor does make uninstall touch the cache"

make_there install
tap_is "$make_status, $(files_in "$prefix")" "0, $installed " "prefix: one file is installed, no .la, no version"
tap_is "$(grep -cx 'ldconfig ' "$tmp/ldconfig.log")" 1 "prefix: ld.so is told"

# usage: loops [LIBRARY]: the exit status of a retry loop that the kernel gives the port which it connects to
loops() {
	loop_status=0
	"$netns" 40000 40001 -- env ${1:+"LD_PRELOAD=$1"} "$builddir/tests/retry_loop" 40000 10 \
		>"$tmp/loop" 2>&1 || loop_status=$?
	echo $loop_status
}
tap_is "$(loops), $(loops "$installed")" "1, 0" "LD_PRELOAD by full path works from where it is installed"

make_there uninstall
tap_is "$make_status, $(find "$prefix" ! -type d | tr '\n' ' ')" "0, " "prefix: make uninstall leaves nothing"
tap_is "$(grep -cx 'ldconfig ' "$tmp/ldconfig.log")" 1 "prefix: ld.so is told that it is gone"

# An /etc of its own, all links to the real one's files, but for ld.so's configuration and cache, which lead to the
# prefix. ldconfig also keeps notes of its own in /var/cache.
by_name() {
	user=
	[ "$(id -u)" -eq 0 ] || user=--map-root-user
	mkdir "$tmp/etc" "$tmp/real" "$tmp/cache"
	# shellcheck disable=SC2016,SC2086 # the inner shell expands; $user is one word or none
	unshare $user --mount -- sh -euc '
		tmp=$1 build=$2 library_directory=$3
		mount --bind /etc "$tmp/real"
		for file in "$tmp/real"/* "$tmp/real"/.[!.]*; do
			[ ! -e "$file" ] || ln -s "$file" "$tmp/etc"
		done
		rm -f "$tmp/etc/ld.so.cache" "$tmp/etc/ld.so.conf"
		echo "$library_directory" >"$tmp/etc/ld.so.conf"
		cat "$tmp/real/ld.so.conf" >>"$tmp/etc/ld.so.conf" 2>/dev/null || :
		mount --bind "$tmp/etc" /etc
		[ ! -d /var/cache/ldconfig ] || mount --bind "$tmp/cache" /var/cache/ldconfig
		echo mounted
		loaded() { env LD_PRELOAD=libnoselfconn.so cat /proc/self/maps 2>&1 | grep -c "$library_directory/libnos" || :; }
		printf "%s " $(($(loaded) > 0))
		make -C "$build" install >"$tmp/make.log" 2>&1 || cat "$tmp/make.log"
		printf "%s " $(($(loaded) > 0))
		make -C "$build" uninstall >"$tmp/make.log" 2>&1 || cat "$tmp/make.log"
		printf "%s\n" $(($(loaded) > 0))
	' sh "$tmp" "$build" "$prefix/lib"
}
by_name >"$tmp/by_name" 2>"$tmp/errors" || :
if [ "$(head -n 1 "$tmp/by_name")" != mounted ]; then
	tap_skip "LD_PRELOAD by name alone finds what is installed" "no mount namespace: $(tail -n 1 "$tmp/errors")"
else
	tap_is "$(sed 1d "$tmp/by_name")" "0 1 0" "LD_PRELOAD by name alone finds what is installed, and only then"
fi

tap_done
