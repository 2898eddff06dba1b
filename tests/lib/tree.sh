# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Builds of their own for the shell tests; after tap.sh: `. "$srcdir/tests/lib/tree.sh"`. Sets: tree (a copy of the source
# tree, just what `make dist` packs, which nobody has configured).

# A make within make check: not with the outer one's options, nor a part of its job server.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKE_TERMOUT MAKE_TERMERR

# shellcheck disable=SC2154 # set by tap.sh
tree=$tmp/tree
# shellcheck disable=SC2154
make -C "$builddir" distdir distdir="$tree" >"$tmp/dist.log" 2>&1 || {
	cat "$tmp/dist.log" >&2
	exit 99
}

# usage: tree_configure DIRECTORY [CONFIGURE-ARGUMENT...]; its output goes to DIRECTORY/configure.log
tree_configure() {
	mkdir -p "$1"
	(cd "$1" && shift && "$tree/configure" "$@") >"$1/configure.log" 2>&1
}
