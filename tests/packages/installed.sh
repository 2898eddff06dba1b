#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs, enables, upgrades, disables and removes the Debian packages on a whole Debian. All kinds
# of programs keep working and are protected meanwhile, and nothing is left in the end. package.sh
# builds the packages.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/debian.sh"

[ -x "$builddir/noselfconnctl" ] || debian_skip "noselfconnctl was not built, because there is no static libc"
[ -e "$builddir/packages" ] || debian_skip "there are no packages: package.sh makes them"
machines_own() {
	stat -c '%i %Z' /etc/ld.so.preload 2>/dev/null || echo none
}
machines_own=$(machines_own)
preload=$debian/etc/ld.so.preload triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
library_deb=$(cd "$builddir" && echo packages/libnoselfconn_*.deb) tools_deb=$(cd "$builddir" && echo packages/noselfconn_*.deb)
installed=/usr/lib/$triplet/libnoselfconn.so
debian_install inetutils-telnet curl cron apparmor
mkdir "$debian/packages"
cp "$builddir/$library_deb" "$builddir/$tools_deb" "$debian/packages"

# Programs that connect to port 40000 until they are connected to themselves. One is setuid, another
# is a 32-bit program.
programs=$debian/usr/local/bin
cp "$builddir/tests/lib/retry_loop" "$programs/setuid_loop"
chown 1:1 "$programs/setuid_loop"
chmod 4755 "$programs/setuid_loop"
kinds='telnet curl setuid su cron environment'
# gcc-multilib, which conflicts with cross compilers, would provide 32-bit kernel headers. Without
# it, use the 64-bit ones.
narrow_cc="${CC:-cc} -m32 -idirafter /usr/include/$triplet"
if [ "$(uname -m)" = x86_64 ] && $narrow_cc -o "$programs/narrow_loop" "$srcdir/tests/lib/retry_loop.c" 2>"$tmp/errors"; then
	kinds="$kinds narrow" narrow=yes
	debian_install libc6-i386
	# shellcheck disable=SC2086 # words
	$narrow_cc -shared -fPIC -O2 -std=gnu11 -D_GNU_SOURCE -DPACKAGE_VERSION='"99"' -fvisibility=hidden -nostdlib \
		-Wl,--version-script="$srcdir/src/shim/noselfconn.map" -o "$tmp/narrow.so" "$srcdir"/src/shim/*.c -lgcc
	tap_is "$(readelf -d "$tmp/narrow.so" | grep -c NEEDED)" 0 "the library for 32 bits is linked without libc too"
else
	narrow=no
	[ "$(uname -m)" != x86_64 ] || tap_skip "a program of 32 bits" "none is to be built here: $(tail -n 1 "$tmp/errors")"
fi

# usage: in_net [--userspec=USER:GROUP] COMMAND [ARG...]
# Runs the command in a network where connect() to port 40000 is always a self-connection.
in_net() {
	user=
	case $1 in
	--userspec=*) user=$1 && shift ;;
	esac
	"$netns" 40000 40001 -- chroot ${user:+"$user"} "$debian" env -i PATH=/usr/local/bin:/usr/bin:/bin "$@" </dev/null 2>&1
}
# usage: loop ARGUMENT...
# Passes its arguments to in_net, for programs that report by exit status.
loop() {
	if in_net "$@"; then
		echo "Connection refused"
	elif [ $? -eq 1 ]; then
		echo "Connected to itself"
	fi
}
ask_telnet() {
	in_net telnet 127.0.0.1 40000
}
ask_curl() {
	in_net curl -sS http://127.0.0.1:40000/
}
ask_setuid() {
	loop --userspec=65534:65534 setuid_loop 40000 3
}
ask_narrow() {
	loop narrow_loop 40000 3
}
ask_su() {
	in_net su -s /bin/sh nobody -c '/usr/bin/telnet 127.0.0.1 40000'
}
# Only the environment that cron gives its jobs.
ask_environment() {
	in_net env -i HOME=/nonexistent LOGNAME=nobody PATH=/usr/bin:/bin SHELL=/bin/sh /bin/sh -c 'telnet 127.0.0.1 40000'
}
# The real cron, which runs @reboot jobs when it starts.
ask_cron() {
	echo '@reboot nobody (telnet 127.0.0.1 40000; echo over) >/tmp/said 2>&1' >"$debian/etc/cron.d/ask"
	"$netns" 40000 40001 -- chroot "$debian" env -i PATH=/usr/sbin:/usr/bin:/bin cron -f >"$tmp/cron" 2>&1 &
	cron=$! tries=0
	until grep -qs over "$debian/tmp/said" || [ $tries -eq 400 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
	kill $cron
	wait $cron || :
	cat "$tmp/cron" "$debian/tmp/said"
	rm -f "$debian/etc/cron.d/ask" "$debian/tmp/said" "$debian"/run/crond.*
}
# usage: asked
# Prints the result of each kind of program: "itself", "refused", or an error.
asked() {
	for kind in $kinds; do
		"ask_$kind" >"$tmp/said" 2>&1 || :
		printf '%s:%s ' "$kind" "$(sed -n "/ld\.so/p; s/^Connected to.*/itself/p; s/.*Received HTTP.0\.9.*/itself/p
			s/.*\(Connection refused\|Could\(n.t\| not\) connect\).*/refused/p" "$tmp/said" | sort -u)"
	done
}
# usage: all WORD
# Prints what asked() prints if every result is WORD.
all() {
	for kind in $kinds; do
		printf '%s:%s ' "$kind" "$1"
	done
}

# Lists all files except the state of apt and dpkg and the cache of ldconfig.
everything() {
	cd "$debian"
	find . -xdev \( -path ./proc -o -path ./dev -o -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/cache/apt \
		-o -path ./var/log -o -path ./var/cache/ldconfig \) -prune -o \( -type f -fprint0 "$tmp/files" -o -true \) \
		-printf '%p %y %m %U:%G %l\n'
	xargs -0 sha256sum <"$tmp/files"
	cd - >/dev/null
}
everything | sort >"$tmp/before"

# usage: apt NAME ARGUMENT...
# Runs apt-get; fails the test case if ld.so prints anything.
apt() {
	name=$1
	shift
	status=0
	in_debian apt-get -qq -y "$@" </dev/null >"$tmp/apt.log" 2>&1 || status=$?
	[ $status -eq 0 ] || sed 's/^/# /' "$tmp/apt.log"
	tap_is "$status, $(grep 'ERROR: ld\.so' "$tmp/apt.log")" "0, " "$name"
}
# usage: ctl ARGUMENT...
# Sets status and says.
ctl() {
	status=0
	says=$(in_debian noselfconnctl "$@" 2>&1 </dev/null) || status=$?
	[ $status -eq 0 ] || printf '%s\n' "$says" | sed 's/^/# /'
}

tap_is "$(asked)" "$(all itself)" "without the packages all kinds of programs connect to themselves"
apt "the packages are installed" install "/$library_deb" "/$tools_deb"
[ ! -e "$preload" ] && status=0 || status=1
tap_is "$status, $(asked)" "0, $(all itself)" "installing them changes nothing"
tap_is "$([ -e "$debian/lib/systemd/system/noselfconn-firewall.service" ] && echo there), $(find "$debian/etc/systemd" -name '*noselfconn*')" \
	"there, " "the unit of the firewall rule is there, and not enabled"
for with in noselfconn 'env LD_PRELOAD=libnoselfconn.so'; do
	# shellcheck disable=SC2086 # words
	tap_is "$(in_net $with telnet 127.0.0.1 40000 | sed -n 's/.*: //p')" "Connection refused" "$with protects one command"
done

# Any profile that includes abstractions/base. Nothing is loaded: this machine need not have AppArmor.
printf 'abi <abi/3.0>,\ninclude <tunables/global>\nprofile any /any {\n\tinclude <abstractions/base>\n}\n' >"$debian/profile"
# usage: parsed ARGUMENT...: sets status
parsed() {
	status=0
	in_debian apparmor_parser -Q -K -T "$@" /profile >"$tmp/parsed" 2>&1 || status=$?
	[ $status -eq 0 ] || sed 's/^/# /' "$tmp/parsed"
}
parsed -p
tap_is "$status, $(grep -c '^@{PROC}/sys/net/ipv4/ip_local_port_range r,' "$tmp/parsed")" "0, 1" "AppArmor's profiles have the library's rules"
parsed
tap_is "$status" 0 "AppArmor's parser takes them"
rules=$debian/etc/apparmor.d/abstractions/base.d/noselfconn
cp -p "$rules" "$tmp/rules"
echo 'nonsense' >>"$rules"
parsed >"$tmp/said"
tap_is "$status" 1 "it would say so if they were wrong"
cp -p "$tmp/rules" "$rules"
rm "$debian/profile"

# On Debian /lib is a link to /usr/lib.
wanted=${installed#/usr}
if [ $narrow = yes ]; then
	ctl enable
	tap_is "$status, $(cat "$preload" 2>/dev/null || echo none)" "3, none" \
		"enable: refused while there is no library for programs of 32 bits"
	# libc6-i386 has its libraries there, beside those of libnoselfconn's packages.
	install -m 644 "$tmp/narrow.so" "$debian/usr/lib32/libnoselfconn.so"
	# shellcheck disable=SC2016 # ld.so expands it
	wanted='/$LIB/libnoselfconn.so'
fi
ctl enable
tap_is "$status, $(cat "$preload")" "0, $wanted" "enable: by a path that serves all of them, setuid programs too"
tap_is "$(asked)" "$(all refused)" "enabled: all kinds of programs work, and are protected"
ctl status
tap_is "$status, $(echo "$says" | sed -n 's/^version: *//p')" \
	"0, $(sed -n 's/^PACKAGE_VERSION = //p' "$builddir/Makefile")" "enabled: status reports no problem and shows the version"

# An upgrade to packages of a later version.
for deb in "$library_deb" "$tools_deb"; do
	rm -rf "$tmp/package"
	dpkg-deb -R "$debian/$deb" "$tmp/package"
	sed -i 's/^Version: .*/Version: 99/; s/libnoselfconn (= [^)]*)/libnoselfconn (= 99)/' "$tmp/package/DEBIAN/control"
	dpkg-deb -Znone -b "$tmp/package" "$debian/${deb%%_*}-99.deb" >"$tmp/build.log"
done
: >"$tmp/upgrading"
(while [ -e "$tmp/upgrading" ]; do
	chroot "$debian" /bin/true 2>&1
	echo started
done) >"$tmp/starts" &
starting=$!
if strace -o /dev/null true 2>/dev/null; then
	strace -f -qq -o "$tmp/upgrade" -e trace=%file chroot "$debian" dpkg -i /packages/libnoselfconn-99.deb \
		/packages/noselfconn-99.deb >"$tmp/dpkg.log" 2>&1
	# The calls that change the library's file, and the file's name in each.
	tap_is "$(grep -E "(rename|unlink|truncate|creat|open)[a-z0-9]*\(.*\"$installed\"" "$tmp/upgrade" |
		grep -vE 'open(at)?\(.*O_RDONLY|\(.*"'"$installed"'", "' | sed 's/^[0-9]* *//')" \
		"rename(\"$installed.dpkg-new\", \"$installed\") = 0" "upgrade: the library is replaced in one step"
else
	tap_skip "upgrade: the library is replaced in one step" "no strace here that works"
	in_debian dpkg -i /packages/libnoselfconn-99.deb /packages/noselfconn-99.deb >"$tmp/dpkg.log" 2>&1
fi
rm "$tmp/upgrading"
wait $starting
tap_is "$(sort -u "$tmp/starts"), $(grep 'ERROR: ld\.so' "$tmp/dpkg.log")" "started, " "upgrade: programs start without a message at any time"
# shellcheck disable=SC2016 # dpkg-query expands
tap_is "$(in_debian dpkg-query -W -f '${Version} ${db:Status-Status}, ' libnoselfconn noselfconn)$(cat "$preload")" \
	"99 installed, 99 installed, $wanted" "upgrade: the library stays enabled"

ctl disable
tap_is "$status, $(asked)" "0, $(all itself)" "disabled: all programs work, without protection"
ctl enable
apt "the library is removed while it is enabled, and the tools with it" remove libnoselfconn
tap_is "$(cd "$debian" && find . -xdev -name '*noselfconn*' ! -path './var/*' ! -path './packages/*' ! -path './usr/lib32/*')" \
	./etc/apparmor.d/abstractions/base.d/noselfconn "only a configuration file is left"
apt "it is purged" purge libnoselfconn noselfconn
rm -f "$debian/usr/lib32/libnoselfconn.so" "$debian"/packages/*-99.deb
in_debian ldconfig
everything | sort >"$tmp/after"
diff "$tmp/before" "$tmp/after" >"$tmp/diff" && status=0 || status=1
sed 's/^/# /' "$tmp/diff"
tap_ok $status "no file is left behind or changed"
tap_is "$(asked)" "$(all itself)" "programs are as they were before"

# An entry that somebody wrote by hand, without the tools.
apt "the library is installed without the tools" install "/$library_deb"
echo "$installed" >"$preload"
in_debian dpkg -r libnoselfconn >"$tmp/dpkg.log" 2>&1 && status=0 || status=$?
tap_is "$status, $(grep -c 'take it out there first' "$tmp/dpkg.log"), $(in_debian true 2>&1)" "1, 1, " \
	"an entry written by hand: the library is not removed from under it"
rm "$preload"
apt "it is removed without the entry" remove libnoselfconn

tap_is "$(machines_own)" "$machines_own" "the machine's own ld.so.preload has not been touched"
tap_done
