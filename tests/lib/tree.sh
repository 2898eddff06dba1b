# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Separate builds for the shell tests. Source it after tap.sh: `. "$srcdir/tests/lib/tree.sh"`. Sets
# tree, an unconfigured copy of the source tree that holds exactly what `make dist` packs.

# The inner make must not use the outer one's options or job server.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKE_TERMOUT MAKE_TERMERR

# shellcheck disable=SC2154 # set by tap.sh
tree=$tmp/tree
# shellcheck disable=SC2154
make -C "$builddir" distdir distdir="$tree" >"$tmp/dist.log" 2>&1 || {
	cat "$tmp/dist.log" >&2
	exit 99
}

# usage: tree_configure DIRECTORY [CONFIGURE-ARGUMENT...]
# Writes the output to DIRECTORY/configure.log.
tree_configure() {
	mkdir -p "$1"
	(cd "$1" && shift && "$tree/configure" "$@") >"$1/configure.log" 2>&1
}
