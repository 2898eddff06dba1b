#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Servers that speak just enough for one client of tests/clients/programs to be content.

usage: server.py PROTOCOL PORT
"""
import socket
import struct
import sys

HELLO = b"Hello from the server"


def greeting(link):
    link.sendall(HELLO + b"\r\n")
    link.shutdown(socket.SHUT_WR)
    while link.recv(4096):
        pass


def http(link):
    head = b""
    while b"\r\n\r\n" not in head:
        data = link.recv(4096)
        if not data:
            return
        head += data
    found = head.split()[1] in (b"/", b"/hello")
    body = HELLO + b"\r\n"
    link.sendall(
        (b"HTTP/1.1 200 OK" if found else b"HTTP/1.1 404 Not Found")
        + b"\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
        + (body if head[:5] != b"HEAD " else b"")
    )


def http2(link):
    """One frame after the other (RFC 9113); every request is answered as a gRPC call, which others can read as well."""
    stream = link.makefile("rb")
    stream.read(24)

    def frame(kind, flags, number, payload):
        link.sendall(struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, number) + payload)

    def field(name, value):
        return bytes([0, len(name)]) + name + bytes([len(value)]) + value

    frame(4, 0, 0, b"")
    while head := stream.read(9):
        kind, flags, number = struct.unpack(">BBI", head[3:])
        payload = stream.read(int.from_bytes(head[:3], "big"))
        if kind == 4 and not flags & 1:
            frame(4, 1, 0, b"")
        elif kind == 6 and not flags & 1:
            frame(6, 1, 0, payload)
        # END_STREAM ends a request, in its HEADERS or its DATA frame.
        elif kind in (0, 1) and flags & 1:
            frame(1, 4, number, b"\x88" + field(b"content-type", b"application/grpc"))
            frame(0, 0, number, struct.pack(">BI", 0, len(HELLO)) + HELLO)
            frame(1, 5, number, field(b"grpc-status", b"0"))


def lines(link, answer, first=b""):
    link.sendall(first)
    for line in link.makefile("rb"):
        link.sendall(answer(line.strip()))


def redis(link):
    lines(link, lambda line: b"+PONG\r\n" if line.lower() == b"ping" else b"")


def memcached(link):
    value = b"VALUE hello 0 %d\r\n%s\r\nEND\r\n" % (len(HELLO), HELLO)
    lines(link, lambda line: value if line.startswith(b"get") else b"VERSION 1.6\r\n")


def smtp(link):
    done = b"250 " + HELLO + b"\r\n"
    lines(link, lambda line: b"221 Bye\r\n" if line == b"QUIT" else done, b"220 " + HELLO + b"\r\n")


def packets(link, head, length):
    """What comes, in packets with a head of fixed size that tells how much follows."""
    stream = link.makefile("rb")
    while len(start := stream.read(head)) == head:
        yield start + stream.read(length(start))


def mysql(link):
    message = b"\xff" + struct.pack("<H", 1130) + HELLO
    link.sendall(struct.pack("<I", len(message)) + message)
    link.shutdown(socket.SHUT_WR)
    link.recv(4096)


def mqtt(link):
    for packet in packets(link, 2, lambda start: start[1]):
        if packet[0] == 0x10:
            link.sendall(b"\x20\x02\x00\x00")


def ldap(link):
    def message(number, operation, content):
        answer = b"\x02\x01" + bytes([number, operation, len(content)]) + content
        return b"\x30" + bytes([len(answer)]) + answer

    result = b"\x0a\x01\x00\x04\x00\x04\x00"
    name = b"o=" + HELLO
    for packet in packets(link, 2, lambda start: start[1]):
        number, operation = packet[4], packet[5]
        if operation == 0x60:
            link.sendall(message(number, 0x61, result))
        elif operation == 0x63:
            link.sendall(message(number, 0x64, b"\x04" + bytes([len(name)]) + name + b"\x30\x00"))
            link.sendall(message(number, 0x65, result))


def snmp(link):
    """The question, as an answer: a GET-PDU (0xa0) made a RESPONSE-PDU (0xa2)."""
    for packet in packets(link, 2, lambda start: start[1]):
        pdu = 7 + packet[6]
        link.sendall(packet[:pdu] + b"\xa2" + packet[pdu + 1 :])


def dns(link):
    """127.0.0.2 for every name; what follows the question is left out."""
    for packet in packets(link, 2, lambda start: struct.unpack(">H", start)[0]):
        question = packet[14 : packet.index(b"\0", 14) + 5]
        answer = packet[2:4] + b"\x81\x80\0\1\0\1\0\0\0\0" + question
        answer += b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\2"
        link.sendall(struct.pack(">H", len(answer)) + answer)


def postgres(link):
    def message(kind, content):
        return kind + struct.pack(">I", len(content) + 4) + content

    ready = message(b"Z", b"I")
    settings = {b"server_version": b"15.0", b"client_encoding": b"UTF8", b"standard_conforming_strings": b"on"}
    stream = link.makefile("rb")
    # Requests for encryption come before the startup message and have a protocol number of their
    # own.
    while True:
        (length,) = struct.unpack(">I", stream.read(4))
        if stream.read(length - 4)[:2] != b"\x04\xd2":
            break
        link.sendall(b"N")
    link.sendall(message(b"R", b"\0\0\0\0"))
    link.sendall(b"".join(message(b"S", name + b"\0" + value + b"\0") for name, value in settings.items()))
    link.sendall(message(b"K", b"\0\0\0\1\0\0\0\2") + ready)
    while kind := stream.read(1):
        stream.read(struct.unpack(">I", stream.read(4))[0] - 4)
        if kind == b"Q":
            link.sendall(message(b"T", b"\0\1hello\0" + struct.pack(">IHIhih", 0, 0, 25, -1, -1, 0)))
            link.sendall(message(b"D", struct.pack(">HI", 1, len(HELLO)) + HELLO))
            link.sendall(message(b"C", b"SELECT 1\0") + ready)
        elif kind == b"X":
            return


PROTOCOLS = (greeting, http, http2, redis, memcached, smtp, mysql, mqtt, ldap, snmp, dns, postgres)


def main():
    speak = {protocol.__name__: protocol for protocol in PROTOCOLS}[sys.argv[1]]
    listener = socket.create_server(("127.0.0.1", int(sys.argv[2])))
    while True:
        link, _ = listener.accept()
        with link:
            try:
                speak(link)
            except OSError as error:
                print(error, file=sys.stderr)


if __name__ == "__main__":
    main()
