/* SPDX-License-Identifier: MIT */
/* The netfilter rule that rejects the first packet of a self-connection, for each IP version. */
#ifndef NSC_RULE_H
#define NSC_RULE_H

#define RULE_COMMENT "noselfconn"

enum rule_family { RULE_IPV4, RULE_IPV6, RULE_FAMILIES };

/* "IPv4" or "IPv6". */
const char *rule_family_name(enum rule_family family);

/*
 * The classic BPF program (bpf(8), iptables-extensions(8)) that accepts a TCP packet whose source
 * address and port are its destination address and port, in the notation of iptables' bpf match:
 * "COUNT,CODE JT JF K,...". The packet starts at its IP header. A packet that is too short, or has
 * an IPv6 extension header before TCP, is not accepted.
 */
const char *rule_bytecode(enum rule_family family);

/*
 * The rule without the name of its chain, as iptables(8) takes it. It matches a SYN, and answers
 * with a reset: connect(2) fails with ECONNREFUSED at once.
 */
const char *rule_text(enum rule_family family);

#endif
