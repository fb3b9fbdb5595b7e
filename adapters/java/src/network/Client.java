package network;

import network.NetworkException.Kind;

/**
 * The class to derive from to connect to a server. Each method is a thin call on {@link Network}, each callback may be
 * overridden or left. The usual life is makeClientAdapter, connect, a tick per frame, close.
 */
public class Client extends Endpoint implements AutoCloseable {
    /** Milliseconds that connect has, unless it is told otherwise. */
    public static final int DEFAULT_TIMEOUT = 5000;

    /** The handle; null before makeClientAdapter and after destroy. The name is the documented one. */
    public NetworkClient _client;

    /** Makes the handle, which connects to nothing yet. One from before is closed. */
    public void makeClientAdapter() {
        Network.makeClient(this);
    }

    /** As the one below, with {@link #DEFAULT_TIMEOUT}. */
    public boolean connect(String host, int port) {
        return connect(host, port, DEFAULT_TIMEOUT);
    }

    /**
     * Connects to a server, a name or a literal, within so many milliseconds: the one call that waits. True after
     * onConnect; false after onError: nobody is there, it took too long, or there is a connection already, which stays.
     */
    public boolean connect(String host, int port, int timeout) {
        if (_client == null) {
            throw new NetworkException(Kind.NO_HANDLE);
        }
        return Network.clientConnect(_client, host, port, timeout);
    }

    @Override
    public boolean isConnected() {
        return _client != null && Network.clientIsConnected(_client);
    }

    @Override
    public void tick() {
        if (_client != null) {
            Network.clientTick(_client);
        }
    }

    @Override
    public boolean send(byte[] data, int size) {
        if (_client != null) {
            return Network.clientSend(_client, data, size);
        }
        onError("nothing sent: there is no handle", ErrorCode.NOT_CONNECTED);
        return false;
    }

    /** Ends the connection, and connect may follow. Ticks still send what was accepted. Calls nothing back. */
    @Override
    public void close() {
        if (_client != null) {
            Network.clientClose(_client);
        }
    }

    /** Ends the connection, with what waits to be sent, and lets go of the handle. May be called twice. */
    public void destroy() {
        if (_client != null) {
            _client.discard();
            _client = null;
        }
    }
}
