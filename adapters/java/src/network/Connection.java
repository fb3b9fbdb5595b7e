package network;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** One connection that stands: its channel, which never waits, and what waits to be sent. Calls nobody back. */
final class Connection {
    private static final int CHUNK = 64 << 10;
    private static final int DISCARDS = 16;

    final String address;
    private final SocketChannel channel;
    private final Deque<ByteBuffer> outgoing = new ArrayDeque<>();
    private int queued; // bytes in outgoing
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    private IOException failure; // what came before it is still to be read

    /** Takes the channel over, unless it throws. */
    Connection(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        // Small answers (a prompt, a protocol message) must not wait for the acknowledgement of the one before.
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.channel = channel;
        this.address = String.valueOf(channel.getRemoteAddress());
    }

    /** As SocketChannel.read: how many bytes came, 0 for none at present, -1 at the end. Never throws. */
    int read() {
        try {
            return channel.read(chunk.clear());
        } catch (IOException error) {
            failure = failure == null ? error : failure;
            return -1;
        }
    }

    /** A copy of what the last read brought. */
    byte[] bytes(int count) {
        return Arrays.copyOf(chunk.array(), count);
    }

    /** Why it broke; null while it has not. */
    IOException failure() {
        return failure;
    }

    int queued() {
        return queued;
    }

    /** Queues a copy, for the caller may reuse the array before all of it is sent, and sends what the system takes. */
    void send(byte[] data, int size) {
        outgoing.add(ByteBuffer.wrap(Arrays.copyOf(data, size)));
        queued += size;
        flush();
    }

    /** Sends of the queue what the system takes now. A failure is noticed by whoever has read all there is to read. */
    void flush() {
        try {
            for (int left = Handle.TICK_BUDGET; left > 0 && !outgoing.isEmpty(); ) {
                ByteBuffer first = outgoing.element();
                // In pieces: the runtime copies what it is given to write, however little of it the system takes.
                first.limit(Math.min(first.position() + CHUNK, first.capacity()));
                int count = channel.write(first);
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

    /**
     * Reads what nobody will be told, a mebibyte at most: a system resets a connection that is closed with bytes unread,
     * and what it has not sent yet is lost.
     */
    void discardInput() {
        for (int reads = 0; reads < DISCARDS && read() > 0; reads++) {
            chunk.clear();
        }
    }

    /** Ends it, with what waits to be sent. */
    void close() {
        discardInput();
        closeQuietly(channel);
    }

    /** Some of the runtime's exceptions have no message. */
    static String reason(IOException error) {
        return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }

    static void closeQuietly(Closeable channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // It is closed all the same, and nobody could do anything about it.
        }
    }
}
