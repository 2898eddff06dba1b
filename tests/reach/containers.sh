#!/bin/sh
# SPDX-License-Identifier: MIT
# The recipes for containers, with a real runtime: crun runs the pods of doc/examples with images of Debian 11, of this
# machine, and of musl.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

[ "$(id -u)" -eq 0 ] || tap_skip_all "containers of these examples run as root"
[ "$(uname -m)" = x86_64 ] || tap_skip_all "the libc of Debian 11 is fetched for x86_64"
for command in crun iptables musl-gcc python3; do
	tap_needs $command
done
python3 -c 'import yaml' 2>/dev/null || tap_skip_all "no python3-yaml here"
if [ -z "${NSC_OWN_MOUNTS-}" ]; then
	unshare --mount true 2>/dev/null || tap_skip_all "no permission to make a mount namespace"
	rm -rf "$tmp"
	exec unshare --mount --propagation private env NSC_OWN_MOUNTS=1 sh "$0"
fi
tap_needs_netns
# crun refuses to look at a machine that has both versions of cgroups.
umount -R /sys/fs/cgroup 2>/dev/null || :
mount -t cgroup2 none /sys/fs/cgroup || tap_skip_all "no permission to mount cgroups"
trap 'cd /; umount -R -l "$tmp" 2>/dev/null || :; rm -rf --one-file-system "$tmp"' EXIT
mount -t tmpfs none "$tmp"

here=$srcdir/tests/reach examples=$srcdir/doc/examples archive=$builddir/archive/bullseye cc=${CC:-cc}
sh "$srcdir/tests/lib/debian_libc.sh" bullseye "$archive" libc6-dev linux-libc-dev >"$tmp/log" 2>&1 ||
	tap_skip_all "the libc of Debian 11 is not available: $(tail -n 1 "$tmp/log")"

# usage: image NAME: makes the root directory $tmp/NAME
image() {
	mkdir -p "$tmp/$1/proc" "$tmp/$1/dev" "$tmp/$1/run" "$tmp/$1/noselfconn"
}
# The programs of an image with Debian 11 or musl: a client alone.
image debian11
mkdir -p "$tmp/debian11/lib64" "$tmp/debian11/lib/x86_64-linux-gnu"
cp -L "$archive/libs/libc.so.6" "$tmp/debian11/lib/x86_64-linux-gnu"
cp -L "$archive/libs/ld-linux-x86-64.so.2" "$tmp/debian11/lib64"
$cc "--sysroot=$archive" "-B$archive/usr/lib/x86_64-linux-gnu" -o "$tmp/debian11/dial" "$here/dial.c"
image musl
mkdir "$tmp/musl/lib"
cp -L /lib/ld-musl-x86_64.so.1 "$tmp/musl/lib"
musl-gcc -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu -o "$tmp/musl/dial" "$here/dial.c"
# This machine, with the library and noselfconnctl as the first stage of the Dockerfile installs them.
image here
for name in bin lib lib32 lib64 libx32 sbin usr etc; do
	if [ -L "/$name" ]; then
		cp -P "/$name" "$tmp/here"
	elif [ -d "/$name" ]; then
		mkdir "$tmp/here/$name"
		mount --bind -o ro "/$name" "$tmp/here/$name"
	fi
done
mount -t tmpfs none "$tmp/here/usr/local"
mkdir "$tmp/here/usr/local/lib" "$tmp/here/usr/local/sbin"
cp "$library" "$tmp/here/usr/local/lib"
cp "$builddir/noselfconnctl" "$tmp/here/usr/local/sbin"
$cc -o "$tmp/here/dial" "$here/dial.c"
$cc -static -o "$tmp/here/static" "$here/dial.c"
cp "$tmp/here/static" "$tmp/musl/static"

# usage: pod MANIFEST IMAGE PROGRAM: what the pod's client prints; every attempt is a self-connection
pod() {
	mkdir "$tmp/pod"
	"$netns" 40000 40001 -- timeout 60 python3 "$here/pod.py" "$1" "$tmp/pod" "libnoselfconn=$tmp/here" \
		"libnoselfconn-firewall=$tmp/here" "my-service=$tmp/$2" -- "/$3" libc 127.0.0.1 40000 3 2>"$tmp/errors" </dev/null |
		grep -v '^The firewall' || :
	rm -rf "$tmp/pod"
}
repaired='self=0 refused=3 reached=0 other=0' itself='self=3 refused=0 reached=0 other=0'
# The same pod without the library or the rule.
python3 -c '
import sys, yaml
manifest = yaml.safe_load(sys.stdin)
pod = manifest["spec"]["template"]["spec"]
del pod["initContainers"], pod["containers"][0]["env"]
print(yaml.dump(manifest))' <"$examples/kubernetes.yaml" >"$tmp/bare.yaml"
for image in debian11 here musl; do
	tap_is "$(pod "$tmp/bare.yaml" $image dial)" "$itself" "$image: without the recipe a client is connected to itself"
	tap_is "$(pod "$examples/kubernetes.yaml" $image dial)" "$repaired" "$image: kubernetes.yaml protects a client"
	tap_is "$(grep -c 'noselfconn: program=dial .* outcome=refused' "$tmp/errors")" 3 "$image: its log shows each repair"
done
tap_is "$(pod "$examples/kubernetes.yaml" musl static)" "$itself" "kubernetes.yaml does not reach a static program"
for program in dial static; do
	tap_is "$(pod "$examples/kubernetes-firewall.yaml" musl $program)" "$repaired" "kubernetes-firewall.yaml protects a client: $program"
done
sed 's/"NET_ADMIN"//' "$examples/kubernetes-firewall.yaml" >"$tmp/less.yaml"
tap_is "$(pod "$tmp/less.yaml" musl static)$(grep -c '^the init container failed' "$tmp/errors")" 1 "its init container needs NET_ADMIN"

# The image of that init container is for Docker, too.
firewall=$examples/Dockerfile.firewall
tap_is "$(sed -n 's/^CMD //p' "$firewall") drop: [\"$(sed -n 's/.*--cap-drop \([A-Z_]*\).*/\1/p' "$firewall")\"] add: [\"$(
	sed -n 's/.*--cap-add \([A-Z_]*\).*/\1/p' "$firewall")\"]" \
	"$(sed -n 's/^ *command: //p; s/^ *\(drop\|add\):/\1:/p' "$examples/kubernetes-firewall.yaml" | paste -s -d ' ' -)" \
	"Dockerfile.firewall has the same command and capabilities"
tap_done
