#!/bin/sh
# SPDX-License-Identifier: MIT
# Fetches the source of Check from Debian, for builds that have no Check package. apt-get uses lists
# of its own, changes nothing on the machine and needs no root.
# usage: check.sh DIRECTORY
# Leaves the source in DIRECTORY/source.
set -eu
directory=$1
[ ! -e "$directory/source/configure" ] || exit 0
rm -rf "$directory"
mkdir -p "$directory/state/lists/partial" "$directory/cache/archives/partial"
cd "$directory"
: >status

# The mirror from which this machine gets its packages.
# shellcheck disable=SC2016 # apt-get's
apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI) $(RELEASE)' |
	awk '$1 == "Debian" && $2 == "Debian" && $3 == "main" && $5 !~ /-/ { print "deb-src", $4, $5, $3; exit }' >sources.list
[ -s sources.list ] || { echo "this machine has no sources of Debian's" >&2; exit 1; }
set -- -qq -o "Dir::State=$PWD/state" -o "Dir::State::status=$PWD/status" -o "Dir::Cache=$PWD/cache" \
	-o "Dir::Etc::sourcelist=$PWD/sources.list" -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=
apt-get "$@" update
apt-get "$@" source --download-only check
mkdir unpacked
tar -xf check_*.orig.tar.* -C unpacked --strip-components=1
mv unpacked source
