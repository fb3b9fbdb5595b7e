package network;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The handle: the listener, at most one client, what waits to be sent to it, and the object whose callbacks they cause.
 * It outlives the object; {@link Server#save} and {@link Server#restore} carry it from one to the next.
 *
 * <p>Every channel is non-blocking, and with one client there is nothing to select from: a tick asks the one channel
 * that can have news. The listener is asked only while there is no client, so whoever comes meanwhile waits in the
 * system's queue, with what it sends.
 */
public final class NetworkServer {
    /** Bytes that may wait to be sent. A send beyond it is refused as a whole. */
    public static final int QUEUE_LIMIT = 64 << 20;

    /** Bytes that one tick reads at most, and writes at most, so that no client can hold up the frame. */
    public static final int TICK_BUDGET = 1 << 20;

    private static final int BACKLOG = 128;
    private static final int CHUNK = 64 << 10;
    // What a read costs of the budget at least, lest a client that sends single bytes make a tick of a million reads.
    private static final int LEAST_COST = 4096;

    private Server owner;
    private ServerSocketChannel listener;
    private boolean acceptFailed;
    private boolean ticking;
    private boolean closed;

    private SocketChannel client;
    private IOException failure; // of the client's connection; what came before it is still to be read
    private final Deque<ByteBuffer> outgoing = new ArrayDeque<>();
    private int queued; // bytes in outgoing
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    // Callbacks that are due. When one throws, or hands the object over, the rest is told by the next tick.
    private final Deque<Consumer<Server>> owed = new ArrayDeque<>();

    NetworkServer() {}

    boolean isOpen() {
        return listener != null;
    }

    int port() {
        return listener == null ? -1 : listener.socket().getLocalPort();
    }

    boolean isConnected() {
        return client != null;
    }

    /** Calls that object back from now on; null: nobody, until the next bind. Channels and queue stay as they are. */
    void bind(Server owner) {
        refuseIfClosed();
        this.owner = owner;
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
            String host = owner == null ? "127.0.0.1" : owner.host;
            opened.bind(new InetSocketAddress(InetAddress.getByName(host), port), BACKLOG);
        } catch (IOException error) {
            closeQuietly(opened);
            return fail("cannot listen on port " + port + ": " + reason(error), ErrorCode.CANNOT_LISTEN);
        }
        listener = opened;
        if (owner != null) {
            owner.onLog("listening on port " + port());
        }
        return true;
    }

    void tick() {
        // A tick from inside a callback returns at once: the outer one goes on with the work.
        if (owner == null || listener == null || ticking) {
            return;
        }
        ticking = true;
        try {
            turn(owner);
        } finally {
            ticking = false;
        }
    }

    // Whoever saves or closes the object in a callback ends the tick there; what is left waits for the next owner.
    private void turn(Server caller) {
        if (!pay(caller)) {
            return;
        }
        if (client == null) {
            take();
            if (!pay(caller)) {
                return;
            }
        }
        if (client != null) {
            flush();
        }
        for (int left = TICK_BUDGET; left > 0 && client != null && owner == caller; ) {
            int count = read();
            if (count <= 0) {
                notice(count);
                break;
            }
            left -= Math.max(count, LEAST_COST);
            caller.onData(Arrays.copyOf(chunk.array(), count));
        }
        pay(caller);
    }

    // Tells what is owed. False when the owner is another one now.
    private boolean pay(Server caller) {
        while (owner == caller && !owed.isEmpty()) {
            owed.remove().accept(caller);
        }
        return owner == caller;
    }

    private void take() {
        SocketChannel taken = null;
        try {
            taken = listener.accept();
            if (taken == null) {
                return;
            }
            taken.configureBlocking(false);
            // Small answers (a prompt, a protocol message) must not wait for the acknowledgement of the one before.
            taken.setOption(StandardSocketOptions.TCP_NODELAY, true);
            String address = String.valueOf(taken.getRemoteAddress());
            owed.add(Server::onConnect);
            owed.add(server -> server.onLog("client " + address + " taken"));
            client = taken;
            acceptFailed = false;
        } catch (IOException error) {
            closeQuietly(taken);
            // Out of descriptors, say: the client keeps waiting and every tick tries again, but one report will do.
            if (!acceptFailed) {
                acceptFailed = true;
                String message = "a client cannot be taken yet: " + reason(error);
                owed.add(server -> server.onError(message, ErrorCode.CANNOT_ACCEPT));
            }
        }
    }

    // As SocketChannel.read: how many bytes are in the chunk, 0 for none at present, -1 at the end. Never throws.
    private int read() {
        try {
            return client.read(chunk.clear());
        } catch (IOException error) {
            failure = failure == null ? error : failure;
            return -1;
        }
    }

    // Nothing to read: because nothing came, or because nothing will come any more.
    private void notice(int count) {
        // A client that only closed its sending side still gets what was accepted for it: to the system the two ends
        // look alike until that is written. After a failure the queue is empty and what had arrived has been read.
        if (failure != null || (count < 0 && outgoing.isEmpty())) {
            depart();
        }
    }

    private void depart() {
        if (failure != null) {
            String message = "the connection broke: " + reason(failure);
            owed.add(server -> server.onError(message, ErrorCode.CONNECTION_BROKE));
        }
        owed.add(Server::onDisconnect);
        drop();
    }

    /** Never waits, and all or nothing: true when the bytes are sent or queued. */
    boolean send(byte[] data, int size) {
        if (size < 0 || size > data.length) {
            throw new IllegalArgumentException("size must be 0 to " + data.length + ", not " + size);
        }
        if (client == null) {
            return fail("nothing sent: no client is connected", ErrorCode.NOT_CONNECTED);
        }
        if (size > QUEUE_LIMIT - queued) {
            return fail("nothing sent: more than " + QUEUE_LIMIT + " bytes would wait", ErrorCode.QUEUE_FULL);
        }
        if (failure == null && size > 0) {
            // A copy, for the caller may reuse the array before all of it is sent.
            outgoing.add(ByteBuffer.wrap(Arrays.copyOf(data, size)));
            queued += size;
            flush();
        }
        return failure == null || fail("not sent: " + reason(failure), ErrorCode.CONNECTION_BROKE);
    }

    // Sends of the queue what the system takes now. A failure is noticed by the tick that has read all there is to read.
    private void flush() {
        try {
            for (int left = TICK_BUDGET; left > 0 && !outgoing.isEmpty(); ) {
                ByteBuffer first = outgoing.element();
                // In pieces: the runtime copies what it is given to write, however little of it the system takes.
                first.limit(Math.min(first.position() + CHUNK, first.capacity()));
                int count = client.write(first);
                queued -= count;
                left -= count;
                if (first.hasRemaining()) {
                    return;
                }
                if (first.position() == first.capacity()) {
                    outgoing.remove();
                }
            }
        } catch (IOException error) {
            failure = error;
            outgoing.clear();
            queued = 0;
        }
    }

    /** Closes the client, after a last attempt to send what waits, and the listener. Calls nothing back. */
    void close() {
        closed = true;
        owner = null;
        owed.clear();
        if (client != null) {
            flush();
            drop();
        }
        closeQuietly(listener);
        listener = null;
    }

    private void drop() {
        closeQuietly(client);
        client = null;
        failure = null;
        outgoing.clear();
        queued = 0;
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new NetworkException(NetworkException.Kind.CLOSED_HANDLE);
        }
    }

    // False for the caller, the reason for the object.
    private boolean fail(String message, int code) {
        if (owner != null) {
            owner.onError(message, code);
        }
        return false;
    }

    // Some of the runtime's exceptions have no message.
    private static String reason(IOException error) {
        return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }

    private static void closeQuietly(Closeable channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // It is closed all the same, and nobody could do anything about it.
        }
    }
}
