#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's way from a clone to a protected service, followed literally on a minimal Debian by a user who may use sudo. The
# service is an nginx that passes requests on to a server which does not run.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/debian.sh"

# shellcheck disable=SC2016 # backticks
sed -n '/^## From a clone to a protected service$/,/^## The/p' "$srcdir/README.md" | sed -n '/^```sh$/,/^```$/p' |
	sed '1d; $d' >"$debian/commands"
packages=$(sed -n 's/^sudo apt-get install -y //p' "$debian/commands")
tap_is "$(grep -cE '^git clone https:|^make$|^sudo make install|^sudo noselfconnctl enable' "$debian/commands")" 4 \
	"the README has the commands"

debian_newcomer
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
# Downloaded here, because the network below leads nowhere.
# shellcheck disable=SC2086 # words
in_debian apt-get -qq -y -d install $packages </dev/null >"$tmp/apt.log" 2>&1 ||
	debian_skip "Debian's archive does not give these packages: $packages"

# A network namespace with two source ports: connect() to the first port is given that very port.
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
	"before: the service connects to itself, and takes its own request for an answer"

in_net sh -c 'echo 40000 40001 >/proc/sys/net/ipv4/ip_local_port_range'
status=0
in_net chroot "$debian" su -l newcomer -c 'bash -evx /commands' >"$tmp/said" 2>&1 </dev/null || status=$?
[ $status -eq 0 ] || tail -n 40 "$tmp/said" | sed 's/^/# /'
tap_is "$status" 0 "the commands run as they are written"
tap_is "$(grep -c '^connected: local 127.0.0.1:40000, peer 127.0.0.1:40000$' "$tmp/said")" 1 "without the shim a program connects to itself"
tap_is "$(grep -c '^reproduce: no self-connection in 20 attempts, .*: libnoselfconn is loaded$' "$tmp/said")" 1 \
	"with noselfconn it does not"
tap_is "$(grep -cE '^(enabled: |health: *sound)' "$tmp/said")" 2 "the library is in force, and sound"
tap_is "$(grep -cE '^[0-9a-f]+-.* /usr/local/lib/libnoselfconn\.so$' "$tmp/said")" 1 "the service has it"

tap_is "$(in_net curl -s --local-port 42000 -o "$tmp/answer" -w '%{http_code}' http://127.0.0.1:8080/after), $(
	grep -c 'connect() failed (111: Connection refused).*:40000/after' "$debian/var/log/nginx/error.log")" "502, 1" \
	"after: the service is told that nobody listens, and says so"
tap_done
