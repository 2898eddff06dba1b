#!/bin/sh
# SPDX-License-Identifier: MIT
# Which library noselfconn preloads, and how: in the build tree, installed, moved, in directories
# with spaces. Also its messages about libraries that cannot be loaded.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/command/command_lib.sh"
tap_needs_netns
# The inner make must not use the outer one's options.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKE_TERMOUT MAKE_TERMERR

# usage: beside DIRECTORY
# Puts the command and the library there, as in a build tree.
beside() {
	mkdir -p "$1/.libs"
	cp "$noselfconn" "$1"
	cp "$library" "$1/.libs"
}
preloads() {
	run "$@" printenv LD_PRELOAD
	cat "$tmp/out"
}

beside "$tmp/moved"
tap_is "$(preloads "$tmp/moved/noselfconn"), $(cat "$tmp/errors")" "$tmp/moved/.libs/libnoselfconn.so, " \
	"a build tree that was moved: its own library"
ln -s "$tmp/moved/noselfconn" "$tmp/link"
tap_is "$(preloads "$tmp/link")" "$tmp/moved/.libs/libnoselfconn.so" \
	"a link to the command: the library beside the file"
mkdir "$tmp/a command with spaces"
cp "$tmp/ask" "$tmp/a command with spaces/and: more of them"
cd "$tmp/a command with spaces"
for command in "$tmp/a command with spaces/and: more of them" './and: more of them'; do
	tap_is "$(in_net "$noselfconn" "$command" 2>&1)" "Connection refused" \
		"the path of the command: '${command##*/tmp*/}'"
done
tap_is "$(PATH="$tmp/a command with spaces:$PATH" in_net "$noselfconn" 'and: more of them' 2>&1)" "Connection refused" \
	"a directory in PATH with spaces"

# LD_PRELOAD cannot hold these paths. Paths such as /proc/self/fd/N would be unsafe: a program may
# close that descriptor and open another file, and its children would load that file as code.
# shellcheck disable=SC2016 # a dollar sign is a dollar sign
for name in 'with spaces' 'with:colons' 'with$ORIGIN'; do
	beside "$tmp/$name"
	run "$tmp/$name/noselfconn" echo was run
	tap_is "$status, $(cat "$tmp/out"), $(grep -c "cannot hold the path '$tmp/$name/.libs/lib.*; move noselfconn.* or call it through a symbolic link" \
		"$tmp/errors")" "125, , 1" "a library in a folder '$name' is refused, with the reason and the way out"
	ln -sfn "$tmp/$name" "$tmp/link-to-folder"
	tap_is "$(preloads "$tmp/link-to-folder/noselfconn"), $(cat "$tmp/errors")" \
		"$tmp/link-to-folder/.libs/libnoselfconn.so, " "'$name': called through a link to the folder"
	tap_is "$(cd "$tmp" && in_net link-to-folder/noselfconn --strict "$tmp/ask")" "Connection refused" \
		"'$name': called through a link, by a relative path"
	# ld.so finds the bare name even there, unless it also splits the search path.
	case $name in
	*:* | *\$*) continue ;;
	esac
	tap_is "$(preloads env LD_LIBRARY_PATH="$tmp/$name/.libs" "$tmp/$name/noselfconn"), $(cat "$tmp/errors")" \
		"libnoselfconn.so, " "'$name': unless ld.so finds it by its name"
done

# Installed. libtool cannot install into a directory with spaces, but installed files can be moved
# there.
staged=$tmp/staged spaced="$tmp/a root" status=0
make -C "$builddir" install DESTDIR="$staged" >"$tmp/make.log" 2>&1 || status=1
[ $status -eq 0 ] || sed 's/^/# /' "$tmp/make.log"
tap_ok $status "make install"
file_below() {
	(cd "$1" && find . -name "$2" ! -type d | sed 's/^\.//')
}
command=$(file_below "$staged" noselfconn | grep /bin/) file=$(file_below "$staged" libnoselfconn.so)
mv "$staged" "$spaced"
run "$spaced$command" echo was run
tap_is "$status, $(cat "$tmp/out"), $(grep -c "cannot hold the path '$spaced$file'" "$tmp/errors")" "125, , 1" \
	"moved into a directory with spaces: refused"
mv "$spaced" "$tmp/root"
own=$tmp/root$command lib=$(dirname "$tmp/root$file")
tap_is "$(preloads "$own"), $(cat "$tmp/errors")" "$lib/libnoselfconn.so, " \
	"moved after installation: the library that moved along, by its path"
tap_is "$(in_net "$own" "$tmp/ask")" "Connection refused" "and a client is refused"
# LD_LIBRARY_PATH stands in for the machine's directories, in which ld.so finds a bare name.
tap_is "$(preloads env LD_LIBRARY_PATH="$lib" "$own")" "libnoselfconn.so" \
	"where ld.so finds it by its name alone, by that"
tap_is "$(in_net env LD_LIBRARY_PATH="$lib" "$own" "$tmp/ask")" "Connection refused" "and a client is refused"
tap_is "$(preloads env LD_LIBRARY_PATH="$lib" "$own" "$own")" "libnoselfconn.so" "it is not there twice"
tap_is "$(preloads env LD_LIBRARY_PATH="$tmp/moved/.libs" "$own")" "$lib/libnoselfconn.so" \
	"where ld.so finds another library by that name, by the path"
tap_is "$(preloads env LD_PRELOAD="$tmp/moved/.libs/libnoselfconn.so" "$own")" \
	"$lib/libnoselfconn.so:$tmp/moved/.libs/libnoselfconn.so" "another library that is loaded already is no substitute"
run env NOSELFCONN_LOG=stderr NOSELFCONN_RETRIES=many "$own" "$tmp/ask"
tap_is "$(grep -c 'program=noselfconn' "$tmp/errors")" 0 "trying the library leaves nothing in the log"

# Libraries that cannot be loaded.
# usage: broken WORDS-OF-THE-MESSAGE NAME
broken() {
	run "$own" echo was run
	tap_is "$status, $(cat "$tmp/out"), $(grep -c "$1" "$tmp/errors")" "125, , 1" "$2: status 125, and nothing runs"
}
beside "$tmp/broken"
own=$tmp/broken/noselfconn
head -c $(($(wc -c <"$library") / 20)) "$library" >"$tmp/broken/.libs/libnoselfconn.so"
broken 'is damaged\|file too short\|cannot read' "a truncated library"
echo garbage garbage garbage >"$tmp/broken/.libs/libnoselfconn.so"
broken "no library at '$tmp/broken/.libs/libnoselfconn.so'" "garbage"
: >"$tmp/broken/.libs/libnoselfconn.so"
broken "no library at '$tmp/broken/.libs/libnoselfconn.so'" "an empty library"
${CC:-cc} -shared -o "$tmp/broken/libneeded.so" -Wl,-soname,libneeded.so -x c /dev/null
${CC:-cc} -shared -Wl,--no-as-needed -o "$tmp/broken/.libs/libnoselfconn.so" -x c /dev/null -L"$tmp/broken" -lneeded
broken 'libneeded.so: cannot open shared object' "a library that lacks another"
# None of our files may get the number of standard error.
run sh -c 'exec "$1" echo was run <&- 2>&-' sh "$own"
tap_is "$status, $(cat "$tmp/out")" "125, " "nor does anything run with standard error closed"
echo '__attribute__((constructor)) static void start(void) { *(volatile int *)0 = 1; }' |
	${CC:-cc} -w -shared -fPIC -o "$tmp/broken/.libs/libnoselfconn.so" -x c -
broken 'is damaged: it kills programs that load it' "a library that kills programs"
run env --block-signal=SEGV --ignore-signal=SEGV "$own" echo was run
tap_is "$status, $(cat "$tmp/out"), $(grep -c 'is damaged' "$tmp/errors")" "125, , 1" \
	"a library that kills programs, with its signal blocked and ignored"
if [ "$(id -u)" -ne 0 ]; then
	chmod 0 "$tmp/broken/.libs/libnoselfconn.so"
	broken 'Permission denied' "a library that may not be read"
fi
rm -r "$tmp/broken/.libs"
if [ -e "$file" ]; then
	tap_skip "no library" "one is installed on this machine"
else
	broken "no library at '$file': No such file" "no library"
fi
tap_done
