package network;

/**
 * The low-level functions on a handle. The documented class information is in every Java object, so no one passes it.
 */
public final class Network {
    private Network() {}

    /** Makes a handle that calls the object back, in its field _server. False for an object without that field. */
    public static boolean makeServer(Object object) {
        if (!(object instanceof Server server)) {
            return false;
        }
        if (server._server != null) {
            server._server.close();
        }
        server._server = new NetworkServer();
        server._server.bind(server);
        return true;
    }

    public static boolean serverInit(NetworkServer handle, int port) {
        return given(handle).init(port);
    }

    public static boolean serverIsOpen(NetworkServer handle) {
        return given(handle).isOpen();
    }

    public static boolean serverIsConnected(NetworkServer handle) {
        return given(handle).isConnected();
    }

    public static void serverTick(NetworkServer handle) {
        given(handle).tick();
    }

    public static boolean serverSend(NetworkServer handle, byte[] data, int size) {
        return given(handle).send(data, size);
    }

    /** Has the handle call back that object from now on. The field _server of neither object is touched. */
    public static void serverRestore(NetworkServer handle, Server object) {
        given(handle).bind(object);
    }

    /** Makes a handle that calls the object back, in its field _client. False for an object without that field. */
    public static boolean makeClient(Object object) {
        if (!(object instanceof Client client)) {
            return false;
        }
        client.destroy();
        client._client = new NetworkClient();
        client._client.bind(client);
        return true;
    }

    public static boolean clientConnect(NetworkClient handle, String host, int port, int timeout) {
        return given(handle).connect(host, port, timeout);
    }

    public static boolean clientIsConnected(NetworkClient handle) {
        return given(handle).isConnected();
    }

    public static void clientTick(NetworkClient handle) {
        given(handle).tick();
    }

    public static boolean clientSend(NetworkClient handle, byte[] data, int size) {
        return given(handle).send(data, size);
    }

    public static void clientClose(NetworkClient handle) {
        given(handle).close();
    }

    private static <T extends Handle> T given(T handle) {
        if (handle == null) {
            throw new NetworkException(NetworkException.Kind.NULL_HANDLE);
        }
        return handle;
    }
}
