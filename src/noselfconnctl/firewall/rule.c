/* SPDX-License-Identifier: MIT */
/* The netfilter rule that rejects the first packet of a self-connection, for each IP version. */
#include "firewall/rule.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "message.h"

enum { PROGRAM_MOST = 32, ACCEPT = 0xffff, WORD = 4 };

/* A jump to the end, where the packet is refused: finish() fills the distance in. */
enum { TO_REFUSAL = 0xff };

struct program {
	unsigned short count;
	struct sock_filter code[PROGRAM_MOST];
};

static void emit(struct program *program, unsigned short code, unsigned char otherwise,
		 unsigned value)
{
	program->code[program->count++] =
		(struct sock_filter){.code = code, .jf = otherwise, .k = value};
}

/* Refuses the packet unless the words at both offsets are the same. */
static void require_same_words(struct program *program, size_t one, size_t other)
{
	emit(program, BPF_LD | BPF_W | BPF_ABS, 0, (unsigned)one);
	emit(program, BPF_MISC | BPF_TAX, 0, 0);
	emit(program, BPF_LD | BPF_W | BPF_ABS, 0, (unsigned)other);
	emit(program, BPF_JMP | BPF_JEQ | BPF_X, TO_REFUSAL, 0);
}

/* The same for the ports of a TCP header. `mode`: BPF_ABS, or BPF_IND where X is added to `header`.
 */
static void require_same_ports(struct program *program, unsigned short mode, size_t header)
{
	unsigned source = (unsigned)(header + offsetof(struct tcphdr, th_sport));
	unsigned destination = (unsigned)(header + offsetof(struct tcphdr, th_dport));

	emit(program, (unsigned short)(BPF_LD | BPF_H | mode), 0, source);
	emit(program, BPF_ST, 0, 0);
	emit(program, (unsigned short)(BPF_LD | BPF_H | mode), 0, destination);
	emit(program, BPF_LDX | BPF_W | BPF_MEM, 0, 0);
	emit(program, BPF_JMP | BPF_JEQ | BPF_X, TO_REFUSAL, 0);
}

static void finish(struct program *program)
{
	unsigned short refusal = (unsigned short)(program->count + 1);

	emit(program, BPF_RET | BPF_K, 0, ACCEPT);
	emit(program, BPF_RET | BPF_K, 0, 0);
	for (unsigned short i = 0; i < refusal; i++)
		if (program->code[i].jf == TO_REFUSAL)
			program->code[i].jf = (unsigned char)(refusal - i - 1);
}

static void compile_ipv4(struct program *program)
{
	require_same_words(program, offsetof(struct iphdr, saddr), offsetof(struct iphdr, daddr));
	/* X = the length of the IP header, from its first byte. */
	emit(program, BPF_LDX | BPF_B | BPF_MSH, 0, 0);
	require_same_ports(program, BPF_IND, 0);
}

static void compile_ipv6(struct program *program)
{
	size_t source = offsetof(struct ip6_hdr, ip6_src),
	       destination = offsetof(struct ip6_hdr, ip6_dst);

	emit(program, BPF_LD | BPF_B | BPF_ABS, 0, offsetof(struct ip6_hdr, ip6_nxt));
	emit(program, BPF_JMP | BPF_JEQ | BPF_K, TO_REFUSAL, IPPROTO_TCP);
	for (size_t at = 0; at < sizeof(struct in6_addr); at += WORD)
		require_same_words(program, source + at, destination + at);
	require_same_ports(program, BPF_ABS, sizeof(struct ip6_hdr));
}

const char *rule_family_name(enum rule_family family)
{
	return family == RULE_IPV4 ? "IPv4" : "IPv6";
}

const char *rule_bytecode(enum rule_family family)
{
	struct program program = {0};
	const char *text;

	if (family == RULE_IPV4)
		compile_ipv4(&program);
	else
		compile_ipv6(&program);
	finish(&program);
	text = message_format("%u", program.count);
	for (unsigned i = 0; i < program.count; i++) {
		const struct sock_filter *code = &program.code[i];

		text = message_format("%s,%u %u %u %u", text, code->code, code->jt, code->jf,
				      code->k);
	}
	return text;
}

const char *rule_text(enum rule_family family)
{
	return message_format(
		"-p tcp --syn -m bpf --bytecode \"%s\" -m comment --comment " RULE_COMMENT
		" -j REJECT --reject-with tcp-reset",
		rule_bytecode(family));
}
