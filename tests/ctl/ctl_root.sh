#!/bin/sh
# SPDX-License-Identifier: MIT
# noselfconnctl --root never leaves the image and never blocks on a file in it.
# shellcheck source-path=SCRIPTDIR
. "${srcdir:-$(dirname "$0")/../..}/tests/ctl/ctl_machine.sh"
tap_needs python3

# usage: image
# Sets image to an empty image that has the library.
image() {
	image=$tmp/image
	rm -rf "$image"
	mkdir -p "$image/etc" "$image$lib"
	cp "$library" "$image$lib/libnoselfconn.so"
}

# usage: on_image COMMAND...
# Sets status and says; status is 124 if it hung.
on_image() {
	status=0
	says=$(timeout 20 "$builddir/noselfconnctl" --root "$image" "$@" 2>&1 </dev/null) || status=$?
}

# Absolute links and ".." stay inside the image, with openat2(2) and without.
if ! strace -o /dev/null true 2>/dev/null; then
	tap_skip "without openat2" "no strace here that works"
	errors=''
else
	errors='ENOSYS EPERM EAGAIN'
fi
# usage: with_openat2 WORD COMMAND...
# Like on_image, but openat2(2) fails with WORD, unless that is "works".
with_openat2() {
	openat2=$1
	shift
	if [ "$openat2" = works ]; then
		on_image "$@"
		return
	fi
	status=0
	says=$(timeout 60 strace -f -o "$tmp/trace" -e trace=openat2 -e "inject=openat2:error=$openat2" \
		"$builddir/noselfconnctl" --root "$image" "$@" 2>&1 </dev/null) || status=$?
}
outside=$tmp/outside
for how in works $errors; do
	# shellcheck disable=SC2016 # a name
	for link in "$outside" "../../../../../../../../../..$outside" "/../..$outside"; do
		image
		rm -rf "$outside"
		mkdir -p "$outside"
		rm -r "${image:?}/etc"
		ln -s "$link" "$image/etc"
		with_openat2 "$how" enable
		tap_is "$status, $(ls "$outside")" "3, " "openat2 $how: /etc -> $link: nothing is written outside"
		mkdir -p "$image$outside"
		with_openat2 "$how" enable
		tap_is "$status, $(ls "$outside"), $(cat "$image$outside/ld.so.preload")" "0, , $lib/libnoselfconn.so" \
			"openat2 $how: /etc -> $link: it leads to the folder inside"
		with_openat2 "$how" disable
		tap_is "$status, $(ls "$image$outside")" "0, " "openat2 $how: /etc -> $link: disable finds it, too"
	done
	# Other unusual paths: links to links, a loop, a name that is too long, a file in place of a
	# folder.
	image
	ln -s /usr/lib/../../opt/./two "$image/opt-one"
	mkdir -p "$image/opt/three" "$image/usr/lib"
	ln -s three/ "$image/opt/two"
	cp "$library" "$image/opt/three/s.so"
	with_openat2 "$how" enable --library /opt-one/s.so
	tap_is "$status, $(cat "$image/etc/ld.so.preload")" "0, /opt-one/s.so" "openat2 $how: a link to a link"
	rm -f "$image/etc/ld.so.preload"
	ln -s /loop "$image/loop"
	with_openat2 "$how" enable --library /loop/s.so
	tap_is "$status" 3 "openat2 $how: a loop of links"
	tap_says '/loop/s.so cannot be read: Too many levels' "openat2 $how: a loop of links: it says so"
	with_openat2 "$how" enable --library "/$(printf '%0300d' 0)/s.so"
	tap_is "$status" 3 "openat2 $how: a name that is too long"
	with_openat2 "$how" enable --library "$lib/libnoselfconn.so/s.so"
	tap_is "$status" 3 "openat2 $how: a file that is taken for a folder"
	rm -rf "$image/opt/three/s.so"
	with_openat2 "$how" enable --library /opt-one/s.so
	tap_says '/opt-one/s.so is missing' "openat2 $how: a missing file"
done

# An image's programs run in a namespace of their own for the trial.
status=0
says=$("$builddir/noselfconnctl" --root "$machine" enable 2>&1) || status=$?
tap_is "$status, $(printf '%s\n' "$says" | grep -c 'mount namespace')" "0, 0" \
	"the trial run of an image has a mount namespace"
"$builddir/noselfconnctl" --root "$machine" disable >/dev/null

# Without programs in the image, nothing shows what they would load.
image
on_image enable
on_image status
tap_is "$status" 0 "status: an image without programs"
tap_says '^in force: *unknown, because no program can be run' "status: it does not say that programs do without the library"

# A file that is not regular neither blocks it nor is opened.
special() {
	case $1 in
	fifo) mkfifo "$2" ;;
	device) mknod "$2" c 1 5 && chmod 666 "$2" ;; # /dev/zero, which never ends
	socket) python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$2" ;;
	folder) mkdir "$2" ;;
	link) ln -s nowhere "$2" ;;
	esac
}
loader=$(ldd /bin/true | sed -n 's|^[^/]*\(/[^ ]*/ld[^ ]*\) (.*|\1|p')
for kind in fifo device socket folder link; do
	for place in "$lib/libnoselfconn.so" "$lib/libm.so.6" /bin/true /lib/ld-linux-other.so.2 /etc/ld.so.cache; do
		image
		mkdir -p "$image/bin" "$image/lib"
		cp "$machine$loader" "$image/lib"
		rm -f "$image$place"
		special $kind "$image$place"
		# The cache is only read for a library that is found nowhere else.
		[ "$place" != /etc/ld.so.cache ] || rm "$image$lib/libnoselfconn.so"
		for command in status enable; do
			on_image $command
			[ "$status" -ne 124 ] && hung=no || hung=yes
			tap_is "$hung" no "$command: a $kind at $place"
		done
	done
	# ports reads the files that reserve ports.
	for place in /etc/sysctl.d/50-other.conf /usr/lib/sysctl.d/50-other.conf /etc/sysctl.conf; do
		image
		mkdir -p "$image/etc/sysctl.d" "$image/usr/lib/sysctl.d"
		special $kind "$image$place"
		on_image ports --reserve 40000
		tap_is "$status, $(sed -n 's/.* = //p' "$image/etc/sysctl.d/60-noselfconn.conf")" "0, 40000" "ports: a $kind at $place"
	done
	image
	special $kind "$image/etc/ld.so.preload"
	for command in status enable disable; do
		on_image $command
		[ "$status" -ne 124 ] && hung=no || hung=yes
		tap_is "$hung" no "$command: a $kind at /etc/ld.so.preload"
	done
	for beside in backup partial new; do
		image
		special $kind "$image/etc/ld.so.preload.noselfconn-$beside"
		echo "$lib/libnoselfconn.so" >"$image/etc/ld.so.preload"
		for command in status disable enable; do
			on_image $command
			[ "$status" -ne 124 ] && hung=no || hung=yes
			tap_is "$hung" no "$command: a $kind at ld.so.preload.noselfconn-$beside"
		done
	done
done
image
rm "$image$lib/libnoselfconn.so"
mkfifo "$image$lib/libnoselfconn.so"
on_image enable
tap_is "$status" 3 "a FIFO for the library is refused"
tap_says 'libnoselfconn.so is not a regular file' "and it says so"

# A sparse cache of one terabyte is not read.
image
rm "$image$lib/libnoselfconn.so"
truncate -s 1T "$image/etc/ld.so.cache"
on_image enable
tap_is "$status" 3 "a cache of a terabyte"

# Another process holds a lease on the file and does not give it up.
image
python3 - "$image$lib/libnoselfconn.so" "$tmp/leased" <<'END' &
import fcntl, signal, sys, time
signal.signal(signal.SIGIO, signal.SIG_IGN)
file = open(sys.argv[1], "r+")
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
open(sys.argv[2], "w").close()
time.sleep(120)
END
holder=$!
while [ ! -e "$tmp/leased" ]; do
	kill -0 $holder || exit 99
	sleep 0.05
done
on_image status
[ "$status" -ne 124 ] && hung=no || hung=yes
tap_is "$hung" no "status: a library with a lease"
kill $holder
wait $holder 2>/dev/null || :

tap_done
