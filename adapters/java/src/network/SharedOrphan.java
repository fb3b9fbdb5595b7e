package network;

/** Where a handle waits between {@link Server#save} and {@link Server#restore}, while the script is reloaded. */
public final class SharedOrphan {
    NetworkServer server;

    /** Whether it holds a handle. */
    public boolean holds() {
        return server != null;
    }

    /** Closes the handle it holds, if any. */
    public void close() {
        if (server != null) {
            server.close();
            server = null;
        }
    }
}
