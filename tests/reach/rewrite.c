/* SPDX-License-Identifier: MIT */
/*
 * Runs a command in a cgroup whose connect(2) to port 80 a BPF program sends to 127.0.0.1:40000
 * instead, as Cilium does for a Kubernetes service.
 *
 * usage: rewrite CGROUP COMMAND [ARG...]   CGROUP: a folder of a cgroup2 file system
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(99);
}

static int bpf(int command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static struct bpf_insn instruction(unsigned char code, unsigned char destination,
				   unsigned char source, size_t offset, int value)
{
	return (struct bpf_insn){.code = code,
				 .dst_reg = destination & 0xf,
				 .src_reg = source & 0xf,
				 .off = (short)offset,
				 .imm = value};
}

/* Returns the descriptor of the loaded program. R1 is a struct bpf_sock_addr; 1 lets the call go
 * on. */
static int load(void)
{
	enum { LOAD = BPF_LDX | BPF_MEM | BPF_W, STORE = BPF_STX | BPF_MEM | BPF_W };
	enum { SET = BPF_ALU64 | BPF_MOV | BPF_K, SKIP_UNLESS = BPF_JMP | BPF_JNE | BPF_K };
	const size_t ip = offsetof(struct bpf_sock_addr, user_ip4);
	const size_t port = offsetof(struct bpf_sock_addr, user_port);
	const struct bpf_insn code[] = {
		instruction(LOAD, BPF_REG_2, BPF_REG_1, port, 0),
		instruction(SKIP_UNLESS, BPF_REG_2, 0, 4, htons(80)),
		instruction(SET, BPF_REG_3, 0, 0, (int)htonl(INADDR_LOOPBACK)),
		instruction(STORE, BPF_REG_1, BPF_REG_3, ip, 0),
		instruction(SET, BPF_REG_3, 0, 0, htons(40000)),
		instruction(STORE, BPF_REG_1, BPF_REG_3, port, 0),
		instruction(SET, BPF_REG_0, 0, 0, 1),
		instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
				     .insns = (uintptr_t)code,
				     .insn_cnt = sizeof code / sizeof *code,
				     .license = (uintptr_t) "GPL",
				     .expected_attach_type = BPF_CGROUP_INET4_CONNECT};

	return bpf(BPF_PROG_LOAD, &attributes);
}

int main(int argc, char *argv[])
{
	union bpf_attr attributes = {.attach_type = BPF_CGROUP_INET4_CONNECT};
	int cgroup, program, processes;

	if (argc < 3)
		return 2;
	program = load();
	if (program < 0)
		die("bpf");
	cgroup = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (cgroup < 0)
		die(argv[1]);
	attributes.target_fd = (unsigned)cgroup;
	attributes.attach_bpf_fd = (unsigned)program;
	if (bpf(BPF_PROG_ATTACH, &attributes))
		die("attach");
	processes = openat(cgroup, "cgroup.procs", O_WRONLY);
	if (processes < 0 || write(processes, "0", 1) != 1)
		die("cgroup.procs");
	close(processes);
	close(program);
	close(cgroup);
	execvp(argv[2], argv + 2);
	die(argv[2]);
}
