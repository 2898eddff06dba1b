#!/bin/sh
# SPDX-License-Identifier: MIT
# The Debian packages: scripts/package builds them and runs lintian. This test checks their contents
# and their scripts. installed.sh really installs them, from packages/ in the build directory.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/lib/tree.sh"
. "$srcdir/tests/packages/links.sh"

configured=$(sed -n 's/^AC_INIT(\[libnoselfconn\], \[\([^]]*\)\].*/\1/p' "$srcdir/configure.ac")
if ! command -v dh >/dev/null || ! command -v lintian >/dev/null; then
	tap_skip "the packages" "no debhelper or no lintian here"
	tap_done
	exit
fi

# Build in a copy of the source tree: other tests use this build directory meanwhile.
status=0
"$tree/scripts/package" "$builddir/packages" >"$tmp/package.log" 2>&1 || status=1
[ $status -eq 0 ] || sed 's/^/# /' "$tmp/package.log"
tap_ok $status "they are built, and lintian finds neither error nor warning"

version=$(dpkg-parsechangelog -l "$tree/debian/changelog" -S Version)
tap_is "$version" "$configured" "the changelog's version is configure's"
architecture=$(dpkg --print-architecture) triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
library_deb=$builddir/packages/libnoselfconn_${version}_$architecture.deb
tools_deb=$builddir/packages/noselfconn_${version}_$architecture.deb

# usage: files DEB [PATTERN]
# Prints mode, owner and path of its files except directories, or of those that match.
files() {
	dpkg-deb -c "$1" | awk '!/^d/ { print $1, $2, $6 }' | grep -E -- "${2:-.}" || :
}
field() {
	dpkg-deb -f "$1" "$2"
}
# usage: script DEB NAME
# Prints a maintainer script.
script() {
	dpkg-deb --ctrl-tarfile "$1" | tar -xO "./$2"
}

tap_is "$(files "$library_deb" '/usr/lib/')" "-rw-r--r-- root/root ./usr/lib/$triplet/libnoselfconn.so" \
	"the library is where ld.so finds it by its name, for each architecture"
tap_is "$(field "$library_deb" Multi-Arch) $(field "$tools_deb" Multi-Arch)" 'same foreign' \
	"the library can be installed for several architectures, with one set of tools"
tap_is "$(field "$tools_deb" Depends | grep -c "libnoselfconn (= $version)")" 1 "the tools depend on the library of their version"
tap_is "$(files "$tools_deb" bin/)" "-rwxr-xr-x root/root ./usr/bin/noselfconn
-rwxr-xr-x root/root ./usr/sbin/noselfconnctl" "the tools are in, and not setuid"
for file in usr/share/man/man1/noselfconn.1.gz usr/share/man/man8/noselfconnctl.8.gz usr/share/man/zh_CN/man1/noselfconn.1.gz \
	usr/share/bash-completion/completions/noselfconn usr/share/bash-completion/completions/noselfconnctl \
	usr/share/doc/noselfconn/README.Debian usr/share/doc/noselfconn/copyright usr/share/doc/noselfconn/changelog.gz; do
	tap_is "$(files "$tools_deb" "/$file\$" | wc -l)" 1 "$file is in"
done
for page in man/man5/noselfconn.conf.5 man/man7/libnoselfconn.7 man/zh_CN/man7/libnoselfconn.7; do
	tap_is "$(files "$library_deb" "share/$page.gz" | wc -l)" 1 "the library's $page comes with it"
done
dpkg-deb -x "$library_deb" "$tmp/installed"
tap_is "$(readelf -nW "$tmp/installed/usr/lib/$triplet/libnoselfconn.so" | grep -c 'Provider: noselfconn')" 1 \
	"the library has the static probe, stripped or not"
dpkg-deb -x "$tools_deb" "$tmp/installed"
tap_is "$(readelf -lW "$tmp/installed/usr/sbin/noselfconnctl" | grep -c INTERP)" 0 "noselfconnctl is static"

documents=$tmp/installed/usr/share/doc/noselfconn
tap_is "$(dead_links "$documents"), $(grep -c '](doc/OPERATING.md)' "$documents/README.md")" ", 1" "links in the documents lead somewhere"
[ -e "$documents/examples/Dockerfile" ] && status=0 || status=1
tap_ok $status "the examples are where Debian has them"
tap_is "$(files "$library_deb" /etc/)" "-rw-r--r-- root/root ./etc/apparmor.d/abstractions/base.d/noselfconn" \
	"the library comes with its rules for AppArmor"

# Installing must not enable. For the library no script runs except ldconfig's trigger. That of the tools keeps systemd's record
# of the firewall rule's unit.
tap_is "$(dpkg-deb --ctrl-tarfile "$library_deb" | tar -t | grep -E '(pre|post)inst|postrm|config' || :)" '' \
	"the library runs nothing when it is installed"
tap_is "$(files "$tools_deb" systemd/ | sed 's|\./usr/|./|')" "-rw-r--r-- root/root ./lib/systemd/system/noselfconn-firewall.service" \
	"the unit of the firewall rule is in"

# The scripts run with stand-ins for the commands that they call.
mkdir "$tmp/bin"
for tool in deb-systemd-helper deb-systemd-invoke systemctl; do
	# shellcheck disable=SC2016 # the stand-in's words
	printf '#!/bin/sh\necho "%s $*"\n[ "$1" != debian-installed ]\n' $tool >"$tmp/bin/$tool"
	chmod +x "$tmp/bin/$tool"
done
script "$tools_deb" postinst >"$tmp/postinst"
tap_is "$(PATH=$tmp/bin:$PATH sh -x "$tmp/postinst" configure 2>&1 | grep -oE '^\+ (deb-systemd|systemctl).*')" \
	"+ deb-systemd-helper debian-installed noselfconn-firewall.service
+ deb-systemd-helper update-state noselfconn-firewall.service" "the tools' script does not enable the unit, nor start it"
tap_is "$(dpkg-deb --ctrl-tarfile "$tools_deb" | tar -t | grep preinst || :)" '' "an upgrade does not stop it"
tap_is "$(script "$tools_deb" prerm | grep -c 'deb-systemd-invoke stop noselfconn-firewall.service')" 1 "removal does"
printf '#!/bin/sh\necho "noselfconnctl $*"\n' >"$tmp/bin/noselfconnctl"
chmod +x "$tmp/bin/noselfconnctl"
script "$tools_deb" prerm >"$tmp/prerm"
# usage: prerm ARGUMENT...
prerm() {
	PATH=$tmp/bin:$PATH sh "$tmp/prerm" "$@"
}
tap_is "$(prerm remove)" 'noselfconnctl disable' "removal disables first"
tap_is "$(prerm deconfigure in-favour other 1 removing libnoselfconn 1)" 'noselfconnctl disable' "so does deconfiguration"
tap_is "$(prerm upgrade 2; prerm failed-upgrade 1)" '' "an upgrade does not"
printf '#!/bin/sh\nexit 1\n' >"$tmp/bin/noselfconnctl"
prerm remove && status=1 || status=0
tap_ok $status "if disabling fails, removal fails"

# usage: library_prerm ENTRY INSTALLED...
# Runs the library's prerm with ENTRY in /etc/ld.so.preload while these architectures are INSTALLED.
library_prerm() {
	echo "$1" >"$tmp/preload"
	shift
	printf '#!/bin/sh\nprintf "installed %%s\\\\n" %s\n' "$*" >"$tmp/bin/dpkg-query"
	script "$library_deb" prerm | sed "s|/etc/ld.so.preload|$tmp/preload|" >"$tmp/prerm"
	chmod +x "$tmp/bin/dpkg-query"
	rm -f "$tmp/bin/noselfconnctl"
	DPKG_MAINTSCRIPT_ARCH=amd64 PATH=$tmp/bin:/usr/bin:/bin sh "$tmp/prerm" remove >"$tmp/out" 2>&1 && echo goes || echo stays
}
tap_is "$(library_prerm '# nothing' amd64)" goes "the library is removed if no entry names it"
tap_is "$(library_prerm 'libfoo.so:libnoselfconn.so' amd64)" stays "it stays while an entry written by hand names it"
tap_is "$(library_prerm libnoselfconn.so amd64 i386)" goes "it is removed if a bare name still serves another architecture"
# shellcheck disable=SC2016 # ld.so expands it
tap_is "$(library_prerm '/usr/$LIB/libnoselfconn.so' amd64) $(library_prerm '/usr/$LIB/libnoselfconn.so' amd64 i386)" \
	"stays goes" "a path with \$LIB is like a bare name"
tap_is "$(library_prerm "/usr/lib/$triplet/libnoselfconn.so" amd64 i386)" stays "it is not removed if an entry has its own path"
tap_is "$(library_prerm /usr/local/lib/libnoselfconn.so amd64)" goes "another library's path does not matter"

tap_done
