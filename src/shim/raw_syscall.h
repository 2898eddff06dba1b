/* SPDX-License-Identifier: MIT */
/*
 * Makes a system call by the machine's own instruction, if it is known here. syscall(2) is a symbol
 * that others interpose too: torsocks does, and crashes in getpeername().
 */
#ifndef NSC_RAW_SYSCALL_H
#define NSC_RAW_SYSCALL_H

#include <sys/syscall.h>

/*
 * Makes system call `number` with six arguments. Returns what the kernel returns: a result, or
 * -errno. Does not touch errno. It exists only if NSC_HAS_RAW_SYSCALL is defined. The registers are
 * those of syscall(2), "Architecture calling conventions".
 */
#if defined __x86_64__ && defined __LP64__
#define NSC_HAS_RAW_SYSCALL
static inline long nsc_raw_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined __aarch64__
#define NSC_HAS_RAW_SYSCALL
static inline long nsc_raw_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}
#elif defined __riscv && __riscv_xlen == 64
#define NSC_HAS_RAW_SYSCALL
static inline long nsc_raw_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = number;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory");
	return a0;
}
#elif defined __s390x__
#define NSC_HAS_RAW_SYSCALL
static inline long nsc_raw_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	register long r1 __asm__("r1") = number;
	register long r2 __asm__("r2") = a;
	register long r3 __asm__("r3") = b;
	register long r4 __asm__("r4") = c;
	register long r5 __asm__("r5") = d;
	register long r6 __asm__("r6") = e;
	register long r7 __asm__("r7") = f;

	__asm__ volatile("svc 0"
			 : "+d"(r2)
			 : "d"(r1), "d"(r3), "d"(r4), "d"(r5), "d"(r6), "d"(r7)
			 : "memory");
	return r2;
}
#endif

#endif
