#!/bin/sh
# SPDX-License-Identifier: MIT
# A whole Debian with the packages, booted in an emulator by scripts/machine.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

[ "$(id -u)" -eq 0 ] || tap_skip_all "only root can make a Debian"
for command in debootstrap qemu-system-x86_64 mke2fs dh lintian; do
	tap_needs $command
done
[ "$(uname -m)" = x86_64 ] || tap_skip_all "the machine is an x86_64"
NSC_BUILDDIR=$builddir "$srcdir/scripts/machine"
