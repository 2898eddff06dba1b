#!/bin/sh
# SPDX-License-Identifier: MIT
# Unpacks the glibc of another Debian release, so that programs can run with it, and be built for it. It installs nothing
# and needs no root. apt-get uses lists of its own.
# usage: debian_libc.sh RELEASE DIRECTORY [PACKAGE...]
#   PACKAGE  what to unpack beside glibc; libc6-dev and linux-libc-dev to build programs
# Leaves in DIRECTORY: libs, a link to the folder with glibc and its ld.so; with libc6-dev, what the compiler takes.
# Run a program with `DIRECTORY/libs/ld-linux-x86-64.so.2 --library-path DIRECTORY/libs PROGRAM`.
# Build one with `gcc --sysroot=DIRECTORY -BDIRECTORY/usr/lib/x86_64-linux-gnu`.
set -eu
release=$1
mkdir -p "$2"
directory=$(cd "$2" && pwd)
shift 2
exec 9>"$directory.lock"
flock 9
[ ! -e "$directory/libs" ] || exit 0
rm -rf "$directory"
mkdir -p "$directory/apt/lists/partial" "$directory/apt/archives/partial"
cd "$directory/apt"
: >status

packages="libc6 libgcc-s1 $*" # a thread that is cancelled loads libgcc_s.so.1
# The mirror from which this machine gets its packages.
# shellcheck disable=SC2016 # apt-get's
apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI) $(RELEASE)' |
	awk -v release="$release" '$1 == "Debian" && $2 == "Debian" && $3 == "main" && $5 !~ /-/ { print "deb", $4, release, "main"; exit }' \
		>sources.list
[ -s sources.list ] || { echo "this machine has no sources of Debian's" >&2; exit 1; }
set -- -qq -o "Dir::State=$PWD" -o "Dir::State::status=$PWD/status" -o "Dir::Cache=$PWD" \
	-o "Dir::Etc::sourcelist=$PWD/sources.list" -o Dir::Etc::sourceparts=- -o APT::Sandbox::User= \
	-o Acquire::Languages=none
apt-get "$@" update
# shellcheck disable=SC2086 # words
apt-get "$@" download $packages
for package in ./*.deb; do
	dpkg -x "$package" ..
done
cd ..
rm -rf apt
# Absolute links would lead to this machine's own files.
find . -type l -lname '/*' | while read -r link; do
	ln -sfn "$directory$(readlink "$link")" "$link"
done
libs=lib/x86_64-linux-gnu
[ -e $libs/libc.so.6 ] || libs=usr/$libs
ln -s $libs libs
