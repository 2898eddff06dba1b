# SPDX-License-Identifier: MIT
"""Sockets for the tests of noselfconnctl ports and scan: opens them, says "ready", and closes them when its input ends.

Each argument is listen,ADDRESS,PORT, or connect,ADDRESS,PORT (to itself), or meet,ADDRESS,PORT (from that to the
last one that listens), or share, for a child process that has them as well, or name,NAME, for the process's name."""
import os
import socket
import sys

opened = []
for argument in sys.argv[1:]:
	if argument == 'share':
		os.fork()
		continue
	if argument.startswith('name,'):
		with open('/proc/self/comm', 'wb') as comm:
			comm.write(os.fsencode(argument[len('name,'):]))
		continue
	what, address, port = argument.split(',')
	family = socket.AF_INET6 if ':' in address else socket.AF_INET
	one = socket.socket(family)
	if what == 'listen':
		if family == socket.AF_INET6:
			one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address != '::')
		one.bind((address, int(port)))
		one.listen()
	elif what == 'connect':
		one.connect((address, int(port)))
		assert one.getsockname() == one.getpeername()
	else:
		one.bind((address, int(port)))
		one.connect(opened[-1].getsockname())
	opened.append(one)
print('ready', flush=True)
sys.stdin.read()
