/*
 * From the name of a host to a socket that is connected to it, within a time. Knows no handle and calls nobody back.
 */
#ifndef REACH_H
#define REACH_H

/* Connects to a port, 1 to 65535, of a name or a literal of IPv4 or IPv6, within so many milliseconds. Gives a socket
 * that is prepared as connection.h says, or -1 with the last address's reason in errno: ENXIO where the host has no
 * address, ETIMEDOUT where nobody answered. */
int reach(const char *host, int port, int timeout_ms);

#endif
