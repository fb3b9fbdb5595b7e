/*
 * `Server`, the class to derive from. Every method is a thin call on the layer below; no socket is touched here.
 */
#include "handle.h"

void net_construct(struct net_server *self, const struct net_class *info)
{
    *self = (struct net_server){.object.info = info};
}

void net_destroy(struct net_server *self)
{
    struct net_handle *h = self->_server;
    self->_server = NULL;
    net_close(h);
    unbind_all_of(&self->object); /* such as the handle of another object, bound to this one by net_server_restore */
}

int net_make_server_adapter(struct net_server *self)
{
    const int made = net_make_server(self, self->object.info);
    return made == 0 ? NET_NO_SERVER_FIELD : made < 0 ? made : 0;
}

int net_init(struct net_server *self, int port)
{
    return self->_server == NULL ? NET_NO_HANDLE : net_server_init(self->_server, port);
}

int net_has_session(const struct net_server *self)
{
    return self->_server != NULL && net_server_is_connected(self->_server);
}

int net_is_open(const struct net_server *self)
{
    return self->_server != NULL && net_server_is_open(self->_server);
}

int net_is_connected(const struct net_server *self)
{
    return net_has_session(self); /* one client at a time: the session and the connection are the same thing */
}

int net_tick(struct net_server *self)
{
    return self->_server == NULL ? 0 : net_server_tick(self->_server);
}

int net_send(struct net_server *self, struct net_buffer buffer, int size)
{
    return self->_server == NULL ? nothing_sent(&self->object) : net_server_send(self->_server, buffer, size);
}

int net_save(struct net_server *self, struct net_handle **shared_orphan)
{
    if (self->_server == NULL)
        return NET_NO_HANDLE;
    if (*shared_orphan != NULL)
        return NET_FULL_ORPHAN;
    net_unbind(self->_server);
    *shared_orphan = self->_server;
    self->_server = NULL;
    return 0;
}

int net_restore(struct net_server *self, struct net_handle **shared_orphan)
{
    struct net_handle *h = *shared_orphan;
    if (h == NULL)
        return NET_EMPTY_ORPHAN;
    net_server_restore(h, self, self->object.info);
    if (self->_server != h)
        net_close(self->_server);
    self->_server = h;
    *shared_orphan = NULL;
    return 0;
}
