#!/bin/sh
# SPDX-License-Identifier: MIT
# One cell of doc/REACH.md: a kind of program that connects ten times, with a shield. reach.sh runs it in a network and a
# mount namespace of its own, where every attempt is a self-connection.
# usage: cell.sh FOLDER NOSELFCONNCTL SHIELD KIND
set -eu
tmp=$1 ctl=$2 shield=$3 kind=$4

case $shield in
none) ;;
shim) export LD_PRELOAD="$tmp/libnoselfconn.so" ;;
prevent) export LD_PRELOAD="$tmp/libnoselfconn.so" NOSELFCONN_METHOD=prevent ;;
enabled) mount --bind "$tmp/etc" /etc ;;
firewall) "$ctl" firewall on >/dev/null ;;
esac

case $kind in
glibc) "$tmp/dynamic" libc 127.0.0.1 40000 10 ;;
'glibc, IPv6') "$tmp/dynamic" libc ::1 40000 10 ;;
'glibc, own address')
	ip address add 198.51.100.7/32 dev lo
	"$tmp/dynamic" libc 198.51.100.7 40000 10
	;;
musl) "$tmp/musl" libc 127.0.0.1 40000 10 ;;
setuid) setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/setuid" libc 127.0.0.1 40000 10 ;;
'static C') "$tmp/static" libc 127.0.0.1 40000 10 ;;
'raw system call') "$tmp/dynamic" raw 127.0.0.1 40000 10 ;;
'static Go') "$tmp/go" 40000 10 ;;
io_uring) "$tmp/dynamic" uring 127.0.0.1 40000 10 ;;
'killing sandbox') "$tmp/dynamic" killed 127.0.0.1 40000 10 ;;
'rewritten by BPF')
	mkdir -p "$tmp/cgroup"
	mount -t cgroup2 none "$tmp/cgroup"
	mkdir "$tmp/cgroup/noselfconn-$$"
	"$tmp/rewrite" "$tmp/cgroup/noselfconn-$$" "$tmp/dynamic" libc 127.0.0.9 80 10
	rmdir "$tmp/cgroup/noselfconn-$$"
	;;
*) exit 99 ;;
esac
