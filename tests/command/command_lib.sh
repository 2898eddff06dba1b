# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What the tests of the command noselfconn share; they source it after tap.sh. Sets noselfconn (the
# built command). Makes $tmp/ask and, if there is a static libc, $tmp/ask-static, which connect to
# 127.0.0.1:40000 and print the result, and $tmp/plugin.so.
# shellcheck disable=SC2154 # tap.sh sets builddir, library, srcdir, tmp and netns

noselfconn=$builddir/noselfconn
unset LD_PRELOAD LD_LIBRARY_PATH
# The command uses the library beside it and finds it by its own real path, so that path must have
# no link.
if [ -h "$builddir" ]; then
	mkdir -p "$tmp/built/.libs"
	cp "$noselfconn" "$tmp/built"
	cp "$library" "$tmp/built/.libs"
	# shellcheck disable=SC2034 # for the test
	noselfconn=$tmp/built/noselfconn library=$tmp/built/.libs/libnoselfconn.so
fi
${CC:-cc} -o "$tmp/ask" "$srcdir/tests/lib/ask_plugin.c" -ldl
${CC:-cc} -static -o "$tmp/ask-static" "$srcdir/tests/lib/ask_plugin.c" -ldl 2>/dev/null || :
${CC:-cc} -shared -fPIC -o "$tmp/plugin.so" "$srcdir/tests/lib/plugin.c" -ldl

# Sets status; the output is in $tmp/out and $tmp/errors.
# shellcheck disable=SC2034 # for the test
run() {
	status=0
	"$@" >"$tmp/out" 2>"$tmp/errors" </dev/null || status=$?
}

# In a network namespace of its own, where a connection to 127.0.0.1:40000 is a self-connection.
in_net() {
	timeout 60 "$netns" 40000 40001 -- "$@" </dev/null
}
