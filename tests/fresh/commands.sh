#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's two commands on a minimal Debian, from a clean clone in a folder with a space, by a user with sudo and the limits
# of a login. Then the demo and make check for others: root in a container, and a user without sudo, namespaces or network.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/debian.sh"

# usage: says NAME COMMAND [ARG...]: the command succeeds. Its output is shown at once, and is in $tmp/said afterwards.
says() {
	name=$1
	shift
	{
		status=0
		"$@" 2>&1 || status=$?
		echo $status >"$tmp/status"
	} | tee "$tmp/said" | sed -u 's/^/# /'
	tap_is "$(cat "$tmp/status")" 0 "$name"
}
# Prints the number of packages, and their size in MB.
installed() {
	# shellcheck disable=SC2016 # dpkg-query expands
	chroot "$debian" dpkg-query -W -f '${Package} ${Installed-Size}\n' | awk '{ n++; kib += $2 } END { print n, int(kib / 1024) }'
}
# The processes that run in the Debian: those outside the test's own mount namespace.
left_running() {
	for process in /proc/[0-9]*; do
		[ "$(readlink "$process/ns/mnt")" = "$(readlink /proc/self/ns/mnt)" ] || cat "$process/comm"
	done
}

debian_newcomer
# shellcheck disable=SC2016 # backticks
sed -n '/^\*\*Two commands\*\*/,/^## /p' "$srcdir/README.md" | sed -n '/^```sh$/,/^```$/s/ *#.*//p' | grep '^[^`]' >"$tmp/commands" || :
tap_is "$(head -n 2 "$tmp/commands")" './scripts/demo
./scripts/test' "the README names two commands"

debian_login newcomer "git clone -q '$readme_url' 'my clone'"
echo "# packages and MB before: $(installed)"
says "the demo, as a user with sudo" debian_login newcomer 'cd "my clone" && ./scripts/demo'
tap_is "$(grep -c 'Connected to 127.0.0.1' "$tmp/said"), $(grep -c 'Connection refused' "$tmp/said")" '2, 2' \
	"it shows telnet connected to itself, refused, and connected to a server"
echo "# packages and MB then: $(installed)"
says "the light tests, as a user with sudo" debian_login newcomer 'cd "my clone" && ./scripts/test --light'
echo "# packages and MB then: $(installed)"
tap_is "$(grep -cE '^[1-9][0-9]+ passed, 0 failed, ' "$tmp/said"), $(grep -cE ' unit/unit: [1-9][0-9]+ passed' "$tmp/said")" '1, 1' \
	"none of them fails, and the unit tests are among them"
tap_is "$(debian_login newcomer 'git -C "my clone" status --porcelain')" "" "git sees no change in the clone"
tap_is "$(left_running), $(ls "$debian/usr/sbin/policy-rc.d" 2>/dev/null)" ", " "nothing is left running, nor forbidden to run"

# A container of Docker's gives root these capabilities. No user namespace can be made in a chroot, as in that container.
container=-all
for capability in chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod audit_write \
	setfcap; do
	container="$container,+$capability"
done
# usage: in_container COMMAND
in_container() {
	# shellcheck disable=SC3045 # dash has it
	(ulimit -Sn 1024 && umask 022 && exec setpriv --bounding-set="$container" --inh-caps="$container" \
		chroot "$debian" su -l root -c "$1") </dev/null
}
tap_is "$(in_container 'unshare --net true 2>/dev/null || unshare --user --net true 2>/dev/null || echo none')" none \
	"root in a container has no namespaces"
in_container 'git config --global safe.directory "*" && git clone -q file:///upstream clone'
says "the demo, as root in a container" in_container 'mkdir "my tmp" && cd clone && TMPDIR="/root/my tmp" ./scripts/demo'
tap_is "$(grep -c 'no permission to make a network namespace' "$tmp/said"), $(grep -c '^connected: ' "$tmp/said")" '1, 1' \
	"it continues on the machine's own ports, and says so"
says "make check, as root in a container" in_container 'make -s -j2 -C clone/build check'
tap_is "$(grep -c '^# FAIL:  0$' "$tmp/said")" 1 "none of the tests fails"

# As unpacked from the tarball.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKE_TERMOUT MAKE_TERMERR
make -s -C "$builddir" distdir distdir="$debian/home/newcomer/unpacked" >"$tmp/dist.log" 2>&1 || sed 's/^/# /' "$tmp/dist.log"
chown -R 1000 "$debian/home/newcomer/unpacked"
rm "$debian/etc/sudoers.d/newcomer"
before=$(installed)
says "make check from the tarball, as a user without sudo, namespaces or network" "$netns" -- chroot --userspec=newcomer "$debian" \
	env -i HOME=/home/newcomer PATH=/usr/local/bin:/usr/bin:/bin sh -c '
	cd && cd unpacked && ulimit -Sn 1024 && umask 077 && ./configure >configure.said && make -j2 >make.said 2>&1 && make -s -j2 check'
tap_is "$(grep -c '^# FAIL:  0$' "$tmp/said"), $(installed)" "1, $before" "none of the tests fails, and nothing is installed"
tap_done
