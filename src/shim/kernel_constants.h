/* SPDX-License-Identifier: MIT */
/*
 * Constants of the kernel that older headers lack, each with the Linux version that introduced it.
 * Include this file after the headers that may have them. The SO_ numbers from 69 on are the same
 * on all architectures except SPARC and PA-RISC, where a build needs new headers.
 */
#ifndef NSC_KERNEL_CONSTANTS_H
#define NSC_KERNEL_CONSTANTS_H

enum { NSC_IPPROTO_MPTCP = 262 }; /* 5.6; an enumerator in some headers and a macro in others */

#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69 /* 5.11 */
#endif
#ifndef SO_BUSY_POLL_BUDGET
#define SO_BUSY_POLL_BUDGET 70 /* 5.11 */
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* 5.14 */
#endif
#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72 /* 5.14 */
#endif
/* The bits of SO_BUF_LOCK: SOCK_SNDBUF_LOCK and SOCK_RCVBUF_LOCK in the kernel. */
enum { NSC_SNDBUF_LOCK = 1, NSC_RCVBUF_LOCK = 2 };
#ifndef SO_RESERVE_MEM
#define SO_RESERVE_MEM 73 /* 5.16 */
#endif
#ifndef SO_TXREHASH
#define SO_TXREHASH 74 /* 5.19 */
#endif
#ifndef SO_RCVMARK
#define SO_RCVMARK 75 /* 5.19 */
#endif
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76 /* 6.5 */
#endif
#ifndef SO_RCVPRIORITY
#define SO_RCVPRIORITY 82 /* 6.14 */
#endif

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51 /* 6.3 */
#endif

/* io_uring_enter(2), and IORING_ENTER_REGISTERED_RING of <linux/io_uring.h> (5.18). */
#ifndef SYS_io_uring_enter
#define SYS_io_uring_enter 426 /* 5.1; the same on every architecture but Alpha */
#endif
enum { NSC_ENTER_REGISTERED_RING = 1 << 4 };

#ifndef TCP_TX_DELAY
#define TCP_TX_DELAY 37 /* 5.3 */
#endif
#ifndef TCP_AO_INFO
#define TCP_AO_INFO 40 /* 6.7 */
#endif
#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS 44 /* 6.15 */
#endif
#ifndef TCP_RTO_MIN_US
#define TCP_RTO_MIN_US 45 /* 6.15 */
#endif
#ifndef TCP_DELACK_MAX_US
#define TCP_DELACK_MAX_US 46 /* 6.15 */
#endif

#endif
