package network;

import network.NetworkException.Kind;

/**
 * The class to derive from: one listening port and one client at a time. Each method is a thin call on {@link Network},
 * each callback may be overridden or left. The usual life is makeServerAdapter, init, a tick per frame, close.
 */
public class Server extends Endpoint implements AutoCloseable {
    /** The handle; null before makeServerAdapter, after save and after close. The name is the documented one. */
    public NetworkServer _server;

    /** The address to bind. A debug server open to the network by default would let strangers in. */
    public String host = "127.0.0.1";

    /** Makes the handle, which opens nothing yet. One from before is closed. */
    public void makeServerAdapter() {
        Network.makeServer(this);
    }

    /** Listens on a port, 0 for any free one. False, after onError, when it cannot be had. Never waits. */
    public boolean init(int port) {
        if (_server == null) {
            throw new NetworkException(Kind.NO_HANDLE);
        }
        return Network.serverInit(_server, port);
    }

    /** Moves the handle into an empty orphan, with all that is open and queued. Calls nothing back. */
    public void save(SharedOrphan orphan) {
        if (_server == null) {
            throw new NetworkException(Kind.NO_HANDLE);
        }
        if (orphan.server != null) {
            throw new NetworkException(Kind.OCCUPIED_ORPHAN);
        }
        _server.bind(null);
        orphan.server = _server;
        _server = null;
    }

    /** Moves the handle out of an orphan into this object, which is called back from now on. One it had is closed. */
    public void restore(SharedOrphan orphan) {
        if (orphan.server == null) {
            throw new NetworkException(Kind.EMPTY_ORPHAN);
        }
        Network.serverRestore(orphan.server, this);
        if (_server != null) {
            _server.close();
        }
        _server = orphan.server;
        orphan.server = null;
    }

    /** Whether there is a client to talk to. */
    public boolean hasSession() {
        return isConnected();
    }

    /** Whether it listens, with a client or without. */
    public boolean isOpen() {
        return _server != null && Network.serverIsOpen(_server);
    }

    @Override
    public boolean isConnected() {
        return _server != null && Network.serverIsConnected(_server);
    }

    /** The port it listens on, -1 while it does not. */
    public int port() {
        return _server == null ? -1 : _server.port();
    }

    @Override
    public void tick() {
        if (_server != null) {
            Network.serverTick(_server);
        }
    }

    @Override
    public boolean send(byte[] data, int size) {
        if (_server != null) {
            return Network.serverSend(_server, data, size);
        }
        onError("nothing sent: there is no handle", ErrorCode.NOT_CONNECTED);
        return false;
    }

    /** Closes client and listener and lets go of the handle. Calls nothing back; may be called twice. */
    @Override
    public void close() {
        if (_server != null) {
            _server.close();
            _server = null;
        }
    }
}
