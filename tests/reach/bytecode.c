/* SPDX-License-Identifier: MIT */
/*
 * Compares the rule's BPF program with what libpcap compiles from an expression of its own
 * language: both judge the same packets, among them every single-field change of a
 * self-connection's SYN.
 *
 * usage: bytecode EXPRESSION PACKET <BYTECODE   PACKET: in hexadecimal, a SYN from a socket to
 * itself
 *
 * Prints "N packets, N accepted", or the first packet on which both differ, with status 1.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACKET_MOST = 128, CODE_MOST = 64, RANDOM_PACKETS = 100000 };

static struct bpf_insn ours_code[CODE_MOST];
static struct bpf_program ours = {0, ours_code}, theirs;
static unsigned packets, accepted;

/* The notation of iptables' bpf match: "COUNT,CODE JT JF K,...". */
static void read_bytecode(void)
{
	unsigned code, jt, jf, k;

	if (scanf("%u", &ours.bf_len) != 1 || ours.bf_len > CODE_MOST)
		exit(99);
	for (unsigned i = 0; i < ours.bf_len; i++) {
		if (scanf(",%u %u %u %u", &code, &jt, &jf, &k) != 4)
			exit(99);
		ours_code[i] = (struct bpf_insn){(unsigned short)code, (unsigned char)jt,
						 (unsigned char)jf, k};
	}
}

static void judge(const unsigned char *packet, unsigned size)
{
	int here = bpf_filter(ours_code, packet, size, size) != 0;
	int there = bpf_filter(theirs.bf_insns, packet, size, size) != 0;

	packets++;
	accepted += (unsigned)here;
	if (here == there)
		return;
	printf("ours %d, libpcap's %d:", here, there);
	for (unsigned i = 0; i < size; i++)
		printf(" %02x", packet[i]);
	putchar('\n');
	exit(1);
}

int main(int argc, char *argv[])
{
	pcap_t *pcap = pcap_open_dead(DLT_RAW, 65535);
	unsigned char packet[PACKET_MOST], changed[PACKET_MOST];
	unsigned size = 0;

	if (argc != 3 || !pcap || pcap_compile(pcap, &theirs, argv[1], 1, PCAP_NETMASK_UNKNOWN))
		return 99;
	read_bytecode();
	for (; sscanf(argv[2] + 2 * (size_t)size, "%2hhx", &packet[size]) == 1; size++)
		if (size == PACKET_MOST - 1)
			return 99;
	judge(packet, size);
	for (unsigned at = 0; at < size; at++) {
		memcpy(changed, packet, size);
		/* Not the version: the kernel gives each program packets of its own version only.
		 */
		for (unsigned bit = at ? 1 : 0x100; bit < 0x100; bit <<= 1) {
			changed[at] = (unsigned char)(packet[at] ^ bit);
			judge(changed, size);
		}
		judge(packet, at);
	}
	/* A port, an address and the header's length, or the next header, changed at random. */
	srand(1);
	for (unsigned i = 0; i < RANDOM_PACKETS; i++) {
		memcpy(changed, packet, size);
		for (int changes = rand() % 4; changes > 0; changes--)
			changed[1 + (unsigned)rand() % (size - 1)] ^=
				(unsigned char)(1 << rand() % 8);
		judge(changed, size);
	}
	printf("%u packets, %u accepted\n", packets, accepted);
	return accepted == 0;
}
