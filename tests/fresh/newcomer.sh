#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's way from a clone to a protected service, followed literally on a fresh Debian, by a user who may use sudo: the
# commands are those of its section. The service is an nginx that hands requests on to a server which is not there.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/debian.sh"

git -C "$srcdir" rev-parse 2>/dev/null || debian_skip "this is no git clone, which could be cloned"

# What is to be run, and the one thing in it that is not there yet.
# shellcheck disable=SC2016 # backticks
sed -n '/^## From a clone to a protected service$/,/^## The/p' "$srcdir/README.md" | sed -n '/^```sh$/,/^```$/p' |
	sed '1d; $d' >"$debian/commands"
url=$(sed -n 's/^git clone //p' "$debian/commands")
packages=$(sed -n 's/^sudo apt-get install -y //p' "$debian/commands")
tap_is "$(grep -cE '^git clone https:|^make$|^sudo make install|^sudo noselfconnctl enable' "$debian/commands")" 4 \
	"the README has the way"

# The clone is of the files as they are here, committed or not.
mkdir "$debian/upstream"
(cd "$srcdir" && git ls-files -z | xargs -0 tar -cf - --ignore-failed-read 2>"$tmp/missing") | tar -xf - -C "$debian/upstream"
git_there() {
	git -C "$debian/upstream" -c user.name=tests -c user.email=tests@localhost -c init.defaultBranch=main "$@" >"$tmp/git.log" 2>&1
}
git_there init && git_there add -A && git_there commit -m all

in_debian useradd -m -s /bin/bash newcomer
chown -R 1000 "$debian/upstream"
echo 'newcomer ALL=(ALL) NOPASSWD: ALL' >"$debian/etc/sudoers.d/newcomer"
in_debian su newcomer -c "git config --global url.file:///upstream.insteadOf '$url'"
debian_install nginx-light
rm "$debian/etc/nginx/sites-enabled/default"
cat >"$debian/etc/nginx/conf.d/proxy.conf" <<'END_OF_CONF'
server {
	listen 127.0.0.1:8080;
	proxy_read_timeout 1s;
	location /before { proxy_pass http://127.0.0.1:41000; }
	location /after { proxy_pass http://127.0.0.1:40000; }
}
END_OF_CONF
# So that all else can go without a network.
# shellcheck disable=SC2086 # words
in_debian apt-get -qq -y -d install $packages </dev/null >"$tmp/apt.log" 2>&1 || debian_skip "Debian's packages are not to be had"

# A network of its own, of two ports: connect() to the first one is given that very port.
"$netns" 41000 41001 -- sleep infinity &
there=$!
until [ "$(cat /proc/$there/comm)" = sleep ]; do
	kill -0 $there || exit 99
	sleep 0.05
done
[ "$(readlink /proc/$there/ns/net)" != "$(readlink /proc/self/ns/net)" ] || exit 99
# usage: in_net COMMAND [ARG...]
in_net() {
	nsenter --net=/proc/$there/ns/net -- "$@"
}
in_net chroot "$debian" service nginx start >"$tmp/nginx.log" 2>&1 || sed 's/^/# /' "$tmp/nginx.log"
in_net curl -s --local-port 42000 http://127.0.0.1:8080/before >"$tmp/answer" || echo "# curl: $?"
tap_is "$(grep -c 'sent no valid HTTP/1.0 header.*127.0.0.1:41000/before' "$debian/var/log/nginx/error.log")" 1 \
	"before: the service connects to itself, and takes its own question for an answer"

in_net sh -c 'echo 40000 40001 >/proc/sys/net/ipv4/ip_local_port_range'
status=0
in_net chroot "$debian" su -l newcomer -c 'bash -evx /commands' >"$tmp/said" 2>&1 </dev/null || status=$?
[ $status -eq 0 ] || tail -n 40 "$tmp/said" | sed 's/^/# /'
tap_is "$status" 0 "the commands run as they are written"
tap_is "$(grep -c '^refused: nobody listens there' "$tmp/said")" 1 "noselfconn protects one command"
tap_is "$(grep -cE '^(enabled: |health: *sound)' "$tmp/said")" 2 "the library is in force, and sound"
tap_is "$(grep -cE '^[0-9a-f]+-.* /usr/local/lib/libnoselfconn\.so$' "$tmp/said")" 1 "the service has it"

tap_is "$(in_net curl -s --local-port 42000 -o "$tmp/answer" -w '%{http_code}' http://127.0.0.1:8080/after), $(
	grep -c 'connect() failed (111: Connection refused).*:40000/after' "$debian/var/log/nginx/error.log")" "502, 1" \
	"after: the service is told that nobody listens, and says so"
tap_done
