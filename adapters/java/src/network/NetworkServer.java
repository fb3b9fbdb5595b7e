package network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The handle of the server half: the listener, and what every {@link Handle} has. It outlives its object;
 * {@link Server#save} and {@link Server#restore} carry it from one to the next.
 *
 * <p>The listener is asked only while there is no client, so whoever comes meanwhile waits in the system's queue, with
 * what it sends.
 */
public final class NetworkServer extends Handle {
    private static final int BACKLOG = 128;

    private ServerSocketChannel listener;
    private boolean acceptFailed;

    NetworkServer() {
        super("client");
    }

    boolean isOpen() {
        return listener != null;
    }

    int port() {
        return listener == null ? -1 : listener.socket().getLocalPort();
    }

    boolean init(int port) {
        refuseIfClosed();
        if (listener != null) {
            // Server: one listening socket. A second init is turned down, whichever port it asks for.
            return fail("already listening: close() it first", ErrorCode.ALREADY_LISTENING);
        }
        if (port < 0 || port > 65535) {
            return fail("there is no port " + port, ErrorCode.NO_SUCH_PORT);
        }
        ServerSocketChannel opened = null;
        try {
            opened = ServerSocketChannel.open();
            // Connections of an earlier server linger in the system and must not keep the port from its next user.
            opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            opened.configureBlocking(false);
            String host = owner() instanceof Server server ? server.host : "127.0.0.1";
            opened.bind(new InetSocketAddress(InetAddress.getByName(host), port), BACKLOG);
        } catch (IOException error) {
            Connection.closeQuietly(opened);
            return fail("cannot listen on port " + port + ": " + Connection.reason(error), ErrorCode.CANNOT_LISTEN);
        }
        listener = opened;
        if (owner() != null) {
            owner().onLog("listening on port " + port());
        }
        return true;
    }

    @Override
    void beforeReading() {
        if (listener == null || isConnected()) {
            return;
        }
        SocketChannel taken = null;
        try {
            taken = listener.accept();
            if (taken == null) {
                return;
            }
            Connection client = new Connection(taken);
            adopt(client, "client " + client.address + " taken");
            acceptFailed = false;
        } catch (IOException error) {
            Connection.closeQuietly(taken);
            // Out of descriptors, say: the client keeps waiting and every tick tries again, but one report will do.
            if (!acceptFailed) {
                acceptFailed = true;
                String message = "a client cannot be taken yet: " + Connection.reason(error);
                owe(object -> object.onError(message, ErrorCode.CANNOT_ACCEPT));
            }
        }
    }

    /** Closes the client, after a last attempt to send what waits, and the listener. Calls nothing back. */
    void close() {
        end();
        Connection.closeQuietly(listener);
        listener = null;
    }
}
