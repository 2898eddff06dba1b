#!/bin/sh
# SPDX-License-Identifier: MIT
# The RPM packages: make rpm builds them. The test checks their contents, and then installs,
# enables, replaces and removes them on a Debian with rpm. As for Debian's packages, installing does
# not enable, removal disables first, and the library is replaced by rename.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/debian.sh"
. "$srcdir/tests/packages/links.sh"

[ -x "$builddir/noselfconnctl" ] || debian_skip "noselfconnctl was not built, because there is no static libc"
for command in rpmbuild rpmlint strace cpio; do
	command -v $command >/dev/null || debian_skip "no $command here"
done
unset MAKEFLAGS MFLAGS MAKELEVEL MAKE_TERMOUT MAKE_TERMERR
rm -rf "$builddir/rpm"
status=0
make -C "$builddir" rpm >"$tmp/rpm.log" 2>&1 || status=1
[ $status -eq 0 ] || tail -n 40 "$tmp/rpm.log" | sed 's/^/# /'
tap_ok $status "make rpm builds them"
library_rpm=$(echo "$builddir"/rpm/RPMS/*/libnoselfconn-[0-9]*.rpm) tools_rpm=$(echo "$builddir"/rpm/RPMS/*/noselfconn-[0-9]*.rpm)
source_rpm=$(echo "$builddir"/rpm/SRPMS/libnoselfconn-[0-9]*.src.rpm)
libdir=$(rpm --eval '%{_libdir}')
installed=$libdir/libnoselfconn.so preload=$debian/etc/ld.so.preload

rpmlint --config "$srcdir/packaging/rpmlint.toml" "$library_rpm" "$tools_rpm" "$source_rpm" "$builddir/packaging/libnoselfconn.spec" \
	>"$tmp/rpmlint" 2>&1 && status=0 || status=1
[ $status -eq 0 ] || grep -E ': [EW]: ' "$tmp/rpmlint" | sed 's/^/# /'
tap_ok $status "rpmlint has nothing to say but what packaging/rpmlint.toml explains"

# usage: files RPM PATTERN
# Prints mode, owner and path.
files() {
	rpm -qp --qf '[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES}\n]' "$1" | grep -E -- "$2"
}
tap_is "$(files "$library_rpm" '\.so')" "-rwxr-xr-x root/root $installed" "the library is where ld.so finds it by its name"
tap_is "$(files "$tools_rpm" 'bin/')" "-rwxr-xr-x root/root /usr/bin/noselfconn
-rwxr-xr-x root/root /usr/sbin/noselfconnctl" "the tools are in, and not setuid"
tap_is "$(files "$tools_rpm" '/systemd/')" "-rw-r--r-- root/root /usr/lib/systemd/system/noselfconn-firewall.service" \
	"the unit of the firewall rule is in"
for page in man1/noselfconn.1 man8/noselfconnctl.8 zh_CN/man1/noselfconn.1; do
	tap_is "$(files "$tools_rpm" "/man/$page" | wc -l)" 1 "$page is in"
done
for page in man5/noselfconn.conf.5 man7/libnoselfconn.7 zh_CN/man7/libnoselfconn.7; do
	tap_is "$(files "$library_rpm" "/man/$page" | wc -l)" 1 "$page comes with the library"
done
mkdir "$tmp/documents"
rpm2cpio "$tools_rpm" | (cd "$tmp/documents" && cpio --quiet -idm './usr/share/doc/*')
tap_is "$(dead_links "$tmp/documents"), $(find "$tmp/documents" -name README.md -exec grep -c '](doc/OPERATING.md)' {} +)" ", 1" \
	"links in the documents lead somewhere"
tap_is "$(rpm -qp --requires "$tools_rpm" | grep -c '^libnoselfconn.* = ')" 1 "the tools depend on the library of their version"
for rpm in "$library_rpm" "$tools_rpm"; do
	tap_is "$(rpm -qp --scripts --triggers "$rpm" | grep scriptlet)" "preuninstall scriptlet (using /bin/sh):" \
		"$(basename "$rpm") runs nothing but before it is removed"
done

# usage: rpm_in ARGUMENT...
# Runs rpm with the Debian as its root; sets status.
rpm_in() {
	status=0
	rpm --root "$debian" --nodeps "$@" >"$tmp/rpm.log" 2>&1 </dev/null || status=$?
}
ours() {
	find "$debian" -xdev -name '*noselfconn*' ! -path '*/var/lib/rpm/*' | sort
}
# usage: ctl ARGUMENT...
ctl() {
	says=$(in_debian noselfconnctl "$@" 2>&1) || echo "# status $?: $says"
}
before=$(ours)
rpm_in -i "$library_rpm" "$tools_rpm"
tap_is "$status, $(cat "$preload" 2>/dev/null)" "0, " "installing them changes nothing"
ctl enable
tap_is "$(cat "$preload")" "${installed#/usr}" "enable: the library that was installed"
status=0
strace -f -qq -o "$tmp/trace" -e trace=%file rpm --root "$debian" --nodeps -U --replacepkgs "$library_rpm" "$tools_rpm" \
	>"$tmp/rpm.log" 2>&1 </dev/null || status=$?
tap_is "$status, $(cat "$preload")" "0, ${installed#/usr}" "replacing them leaves it enabled"
tap_is "$(grep -E "(unlink|truncate|creat|open)[a-z0-9]*\(.*/libnoselfconn\.so\"" "$tmp/trace" | grep -v O_RDONLY)/$(
	grep -E 'rename[a-z0-9]*\(.*/?libnoselfconn\.so"' "$tmp/trace" | grep -c ' = 0$')" "/1" "the library is replaced in one step"
rpm_in -e noselfconn
tap_is "$status, $(cat "$preload" 2>/dev/null), $(in_debian true 2>&1)" "0, , " "removing the tools disables first"
echo libnoselfconn.so >"$preload"
rpm_in -e libnoselfconn
tap_is "$status, $(grep -c 'take it out there first' "$tmp/rpm.log")" "1, 1" \
	"an entry written by hand: the library is not removed from under it"
# shellcheck disable=SC2016 # ld.so expands it
for entry in "$installed" "/opt/x.so:/usr/\$LIB/libnoselfconn.so"; do
	echo "$entry" >"$preload"
	rpm_in -e libnoselfconn
	tap_is "$status" 1 "nor with $entry"
done
echo /opt/libnoselfconn.so >"$preload"
rpm_in -e libnoselfconn
tap_is "$status" 0 "another library's path does not matter"
rm "$preload"
tap_is "$(ours)" "$before" "removing both leaves nothing"
tap_done
