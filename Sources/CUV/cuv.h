// libuv, and the few things of the C library that Swift cannot import: macros over addresses, sizes of
// fields, and socket options whose types hide behind feature macros.
#ifndef CUV_H
#define CUV_H

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

// The longest path, in bytes, that a Unix socket's address holds (its terminating NUL not counted).
enum { CUV_UNIX_PATH_BYTES_MAX = sizeof(((struct sockaddr_un *)0)->sun_path) - 1 };

// The user that opened the other end of a Unix socket; 0, or a negative libuv status.
static inline int cuv_peer_uid(const uv_handle_t *handle, uint32_t *uid) {
    uv_os_fd_t fd;
    int status = uv_fileno(handle, &fd);
    if (status != 0) return status;
#ifdef __linux__
    // The kernel's `struct ucred`, which glibc declares only under _GNU_SOURCE.
    struct { pid_t pid; uid_t uid; gid_t gid; } credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return uv_translate_sys_error(errno);
    *uid = credentials.uid;
#else
    uid_t user;
    gid_t group;
    if (getpeereid(fd, &user, &group) != 0) return uv_translate_sys_error(errno);
    *uid = user;
#endif
    return 0;
}

// Tries to connect to the Unix socket at `path`, without waiting, and hangs up: 0 where something listens,
// UV_ECONNREFUSED where nothing does, another negative status where that cannot be told. `path` must fit.
static inline int cuv_unix_probe(const char *path) {
    struct sockaddr_un address;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    strncpy(address.sun_path, path, CUV_UNIX_PATH_BYTES_MAX);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return uv_translate_sys_error(errno);
    int status = connect(fd, (const struct sockaddr *)&address, sizeof address);
    if (status != 0) status = uv_translate_sys_error(errno);
    close(fd);
    return status;
}

// The port of an IPv4 or IPv6 address, in host order; 0 for any other.
static inline uint16_t cuv_port(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) return ntohs(((const struct sockaddr_in *)address)->sin_port);
    if (address->sa_family == AF_INET6) return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    return 0;
}

// The bytes that an IPv4 or IPv6 address takes; 0 for any other.
static inline size_t cuv_address_bytes(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) return sizeof(struct sockaddr_in);
    if (address->sa_family == AF_INET6) return sizeof(struct sockaddr_in6);
    return 0;
}

// Whether an address is this machine's own: 127.0.0.0/8, ::1, or the former mapped into IPv6.
static inline int cuv_is_loopback(const struct sockaddr *address) {
    if (address->sa_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24) == 127;
    if (address->sa_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
        return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == 127);
    }
    return 0;
}

#endif
