/*
 * `Client`, the class to derive from. Every method is a thin call on the layer below; no socket is touched here.
 */
#include "handle.h"

void net_construct_client(struct net_client *self, const struct net_class *info)
{
    *self = (struct net_client){.object.info = info};
}

int net_make_client_adapter(struct net_client *self)
{
    const int made = net_make_client(self, self->object.info);
    return made == 0 ? NET_NO_CLIENT_FIELD : made < 0 ? made : 0;
}

int net_connect_client(struct net_client *self, const char *host, int port, int timeout_ms)
{
    return self->_client == NULL ? NET_NO_HANDLE : net_client_connect(self->_client, host, port, timeout_ms);
}

int net_is_connected_client(const struct net_client *self)
{
    return self->_client != NULL && net_client_is_connected(self->_client);
}

int net_tick_client(struct net_client *self)
{
    return self->_client == NULL ? 0 : net_client_tick(self->_client);
}

int net_send_client(struct net_client *self, struct net_buffer buffer, int size)
{
    return self->_client == NULL ? nothing_sent(&self->object) : net_client_send(self->_client, buffer, size);
}

void net_close_client(struct net_client *self)
{
    if (self->_client != NULL)
        (void)net_client_close(self->_client);
}
