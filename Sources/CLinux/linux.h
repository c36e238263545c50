// What Swift's Glibc module leaves out of Linux and the benchmark's load client needs.
#ifndef ANNALS_LINUX_H
#define ANNALS_LINUX_H

#include <spawn.h>
#include <stdint.h>
#include <sys/epoll.h>

// A GNU extension, which headers show only to those who ask for all of them.
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

static const uint32_t epoll_readable = EPOLLIN;
static const uint32_t epoll_writable = EPOLLOUT;

#endif
