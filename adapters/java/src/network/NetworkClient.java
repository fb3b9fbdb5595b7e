package network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The handle of the client half: it comes to its connection by connecting. The rest is as of every {@link Handle}. */
public final class NetworkClient extends Handle {
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    // Connections that were closed with bytes still to be sent.
    private final List<Connection> leaving = new ArrayList<>();

    NetworkClient() {
        super("server");
    }

    /** Connects within so many milliseconds, and tells of it before it returns. */
    boolean connect(String host, int port, int timeout) {
        refuseIfClosed();
        if (timeout < 0) {
            throw new IllegalArgumentException("the timeout must be 0 or more milliseconds, not " + timeout);
        }
        // From inside a callback of a departure: what belongs to that one is told before the next connection.
        pay(owner());
        if (isConnected()) {
            String message = "connected to " + connection().address + ": close() it first";
            return fail(message, ErrorCode.ALREADY_CONNECTED);
        }
        if (port < 1 || port > 65535) {
            return fail("there is no port " + port, ErrorCode.NO_SUCH_PORT);
        }
        if (host.isEmpty()) { // to the runtime it would be this machine
            return fail("the host is empty: name a server", ErrorCode.CANNOT_CONNECT);
        }
        Connection made;
        try {
            made = reach(host, port, System.nanoTime() + timeout * NANOS);
        } catch (IOException error) {
            String message = "cannot connect to " + host + " port " + port + ": " + Connection.reason(error);
            return fail(message, ErrorCode.CANNOT_CONNECT);
        }
        adopt(made, "connected to " + made.address);
        pay(owner());
        return true;
    }

    // A connection to the first address of the host that takes one before the end, of the runtime's clock.
    private static Connection reach(String host, int port, long end) throws IOException {
        IOException failure = new SocketTimeoutException("no answer in time");
        InetAddress[] addresses = lookUp(host, end);
        for (int number = 0; number < addresses.length; number++) {
            // Those that come after it have to have their share. To the runtime no time is all the time.
            long share = (end - System.nanoTime()) / NANOS / (addresses.length - number);
            SocketChannel channel = SocketChannel.open();
            try {
                InetSocketAddress address = new InetSocketAddress(addresses[number], port);
                channel.socket().connect(address, (int) Math.max(share, 1));
                // Nobody listens on the port, and the system happened to choose it for this end: that is no server.
                if (channel.getLocalAddress().equals(channel.getRemoteAddress())) {
                    throw new IOException("Connection refused");
                }
                return new Connection(channel);
            } catch (IOException | RuntimeException error) {
                Connection.closeQuietly(channel);
                failure = error instanceof IOException known ? known : new IOException(error);
            }
        }
        throw failure;
    }

    // The runtime looks a name up for as long as it likes, so a thread of its own does it, which nobody waits for once
    // the time is over. A literal needs none of that.
    private static InetAddress[] lookUp(String host, long end) throws IOException {
        if (host.contains(":") || host.matches("[0-9.]+")) {
            return InetAddress.getAllByName(host);
        }
        FutureTask<InetAddress[]> task = new FutureTask<>(() -> InetAddress.getAllByName(host));
        Thread thread = new Thread(task, "look-up of a host");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(Math.max(end - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
        } catch (TimeoutException error) {
            throw new SocketTimeoutException("the name was not looked up in time");
        } catch (ExecutionException error) {
            throw new UnknownHostException("there is no such host");
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
    }

    @Override
    void beforeReading() {
        leaving.removeIf(left -> {
            left.flush();
            left.discardInput();
            if (left.queued() == 0) {
                left.close();
            }
            return left.queued() == 0;
        });
    }

    /** Ends the connection; ticks still send what was accepted. Calls nothing back. */
    void close() {
        Connection left = giveUp();
        if (left != null && left.queued() > 0) {
            leaving.add(left);
        } else if (left != null) {
            left.close();
        }
    }

    /** Ends it for good, with what waits to be sent. */
    void discard() {
        end();
        leaving.forEach(Connection::close);
        leaving.clear();
    }
}
