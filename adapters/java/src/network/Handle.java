package network;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * A handle: at most one connection, and the object whose callbacks it causes. {@link NetworkServer} and
 * {@link NetworkClient} say how it comes to a connection; what becomes of that stands here.
 *
 * <p>Every channel is non-blocking, and with one connection there is nothing to select from: a tick asks the one
 * channel that can have news.
 */
abstract class Handle {
    /** Bytes that may wait to be sent. A send beyond it is refused as a whole. */
    public static final int QUEUE_LIMIT = 64 << 20;

    /** Bytes that one tick reads at most, and writes at most, so that no peer can hold up the frame. */
    public static final int TICK_BUDGET = 1 << 20;

    // What a read costs of the budget at least, lest a peer that sends single bytes make a tick of a million reads.
    private static final int LEAST_COST = 4096;

    private final String peer;
    private Endpoint owner;
    private boolean ticking;
    private boolean closed;
    private Connection connection;
    // Endpoint that are due. When one throws, or hands the object over, the rest is told by the next tick.
    private final Deque<Consumer<Endpoint>> owed = new ArrayDeque<>();

    /** What the other end is called in messages. */
    Handle(String peer) {
        this.peer = peer;
    }

    final Endpoint owner() {
        return owner;
    }

    final Connection connection() {
        return connection;
    }

    final boolean isConnected() {
        return connection != null;
    }

    /** Calls that object back from now on; null: nobody, until the next bind. Channels and queue stay as they are. */
    final void bind(Endpoint owner) {
        refuseIfClosed();
        this.owner = owner;
    }

    final void tick() {
        // A tick from inside a callback returns at once: the outer one goes on with the work.
        if (owner == null || ticking) {
            return;
        }
        ticking = true;
        try {
            turn(owner);
        } finally {
            ticking = false;
        }
    }

    // Whoever gives the handle away or ends the connection in a callback ends the tick there; what is left waits for
    // the next owner, or is nobody's.
    private void turn(Endpoint caller) {
        if (!pay(caller)) {
            return;
        }
        beforeReading();
        if (!pay(caller)) {
            return;
        }
        Connection current = connection;
        if (current != null) {
            current.flush();
        }
        for (int left = TICK_BUDGET; left > 0 && current != null && connection == current && owner == caller; ) {
            int count = current.read();
            if (count <= 0) {
                notice(current, count);
                break;
            }
            left -= Math.max(count, LEAST_COST);
            caller.onData(current.bytes(count));
        }
        pay(caller);
    }

    /** What a tick does besides looking after the connection. May {@link #adopt} one, and owe callbacks. */
    abstract void beforeReading();

    /** From now on there is this connection, and the owner is owed to hear of it. */
    final void adopt(Connection made, String message) {
        connection = made;
        owe(Endpoint::onConnect);
        owe(object -> object.onLog(message));
    }

    final void owe(Consumer<Endpoint> callback) {
        owed.add(callback);
    }

    /** Tells what is owed. False when the owner is another one now. */
    final boolean pay(Endpoint caller) {
        while (owner == caller && !owed.isEmpty()) {
            owed.remove().accept(caller);
        }
        return owner == caller;
    }

    // Nothing to read: because nothing came, or because nothing will come any more.
    private void notice(Connection current, int count) {
        // One that only closed its sending side still gets what was accepted for it: to the system the two ends look
        // alike until that is written. After a failure the queue is empty and what had arrived has been read.
        if (current.failure() == null && (count == 0 || current.queued() > 0)) {
            return;
        }
        if (current.failure() != null) {
            String message = "the connection broke: " + Connection.reason(current.failure());
            owe(object -> object.onError(message, ErrorCode.CONNECTION_BROKE));
        }
        owe(Endpoint::onDisconnect);
        connection = null;
        current.close();
    }

    /** Never waits, and all or nothing: true when the bytes are sent or queued. */
    final boolean send(byte[] data, int size) {
        if (size < 0 || size > data.length) {
            throw new IllegalArgumentException("size must be 0 to " + data.length + ", not " + size);
        }
        Connection current = connection;
        if (current == null) {
            return fail("nothing sent: no " + peer + " is connected", ErrorCode.NOT_CONNECTED);
        }
        if (size > QUEUE_LIMIT - current.queued()) {
            return fail("nothing sent: more than " + QUEUE_LIMIT + " bytes would wait", ErrorCode.QUEUE_FULL);
        }
        if (current.failure() == null && size > 0) {
            current.send(data, size);
        }
        return current.failure() == null
                || fail("not sent: " + Connection.reason(current.failure()), ErrorCode.CONNECTION_BROKE);
    }

    /** The connection, which is given up; null if there is none. What was owed for it is forgotten. */
    final Connection giveUp() {
        owed.clear();
        Connection current = connection;
        connection = null;
        if (current != null) {
            current.flush();
        }
        return current;
    }

    /** No owner and no connection, from now on and for ever; what the system has not taken of sent bytes is lost. */
    final void end() {
        closed = true;
        owner = null;
        Connection current = giveUp();
        if (current != null) {
            current.close();
        }
    }

    final void refuseIfClosed() {
        if (closed) {
            throw new NetworkException(NetworkException.Kind.CLOSED_HANDLE);
        }
    }

    /** False for the caller, the reason for the object. */
    final boolean fail(String message, int code) {
        if (owner != null) {
            owner.onError(message, code);
        }
        return false;
    }
}
