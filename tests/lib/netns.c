/* SPDX-License-Identifier: MIT */
/* A private network namespace for a test, and its settings. */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* A process that is only half in its namespace cannot run the test. */
static void need(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(99);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	need(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	close(fd);
}

void netns_set(const char *path, const char *value)
{
	char full[256];

	snprintf(full, sizeof full, "/proc/sys/net/%s", path);
	write_file(full, value);
}

void netns_set_range(unsigned low, unsigned high)
{
	char range[32];

	snprintf(range, sizeof range, "%u %u", low, high);
	netns_set("ipv4/ip_local_port_range", range);
}

/* Map to uid 0, so that programs that are executed keep the capabilities. */
static bool become_root(void)
{
	char map[64];
	unsigned uid = getuid(), gid = getgid();

	if (unshare(CLONE_NEWUSER))
		return false;
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "0 %u 1", uid);
	write_file("/proc/self/uid_map", map);
	snprintf(map, sizeof map, "0 %u 1", gid);
	write_file("/proc/self/gid_map", map);
	return true;
}

/*
 * The shim would take the settings of the machine's noselfconn.conf(5), so an empty file covers
 * them. It belongs to root of the namespace: the shim reports any other.
 */
static void hide_settings(void)
{
	static const char settings[] = "/etc/noselfconn.conf";
	char empty[] = "/tmp/noselfconn.XXXXXX";
	struct stat status;
	int fd;

	if (stat(settings, &status) || status.st_size == 0)
		return;
	fd = mkstemp(empty);
	need(fd >= 0 && fchmod(fd, 0644) == 0, empty);
	close(fd);
	need(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		     mount(empty, settings, NULL, MS_BIND, NULL) == 0,
	     settings);
	unlink(empty);
}

bool netns_make(unsigned low, unsigned high)
{
	struct ifreq loopback = {.ifr_name = "lo"};
	int fd;

	/* Root in a container may lack CAP_SYS_ADMIN but may still make a user namespace. */
	if ((geteuid() != 0 || unshare(CLONE_NEWNET)) && (!become_root() || unshare(CLONE_NEWNET)))
		return false;
	hide_settings();
	loopback.ifr_flags = IFF_UP;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	need(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &loopback) == 0, "loopback");
	close(fd);
	netns_set_range(low, high);
	return true;
}
