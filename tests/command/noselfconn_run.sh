# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What the tests of the command noselfconn share; after tap.sh: `. "$srcdir/tests/command/noselfconn_run.sh"`. Sets: noselfconn (the
# built command). Makes: $tmp/ask, $tmp/ask-static (connect to 127.0.0.1:40000, and tell how it ended), $tmp/plugin.so.
# shellcheck disable=SC2154 # tap.sh sets builddir, srcdir, tmp, netns

# shellcheck disable=SC2034 # for the test
noselfconn=$builddir/noselfconn
# The command finds the library at its own real path, which LD_PRELOAD must be able to hold.
if [ -L "$builddir" ]; then
	mkdir -p "$tmp/built/.libs"
	cp "$noselfconn" "$tmp/built"
	cp "$library" "$tmp/built/.libs"
	# shellcheck disable=SC2034 # for the test
	noselfconn=$tmp/built/noselfconn library=$tmp/built/.libs/libnoselfconn.so
fi
unset LD_PRELOAD LD_LIBRARY_PATH
${CC:-cc} -o "$tmp/ask" "$srcdir/tests/lib/ask_plugin.c" -ldl
${CC:-cc} -static -o "$tmp/ask-static" "$srcdir/tests/lib/ask_plugin.c" -ldl 2>/dev/null
${CC:-cc} -shared -fPIC -o "$tmp/plugin.so" "$srcdir/tests/lib/plugin.c" -ldl

# Sets status; the rest is in $tmp/out and $tmp/errors.
run() {
	status=0
	"$@" >"$tmp/out" 2>"$tmp/errors" </dev/null || status=$?
}

# In a namespace of its own, where a connection to 127.0.0.1:40000 is one with itself.
in_net() {
	timeout 60 "$netns" 40000 40001 -- "$@" </dev/null
}
