package network;

/** What {@link Server} and {@link Client} have in common. The callbacks may be overridden or left. */
public abstract class Endpoint {
    Endpoint() {}

    /** The connection stands; send works from here on. */
    protected void onConnect() {}

    /** The other end is gone, and all that it sent has been told. */
    protected void onDisconnect() {}

    /** These bytes arrived, at least one. The array is the callee's to keep. */
    protected void onData(byte[] data) {}

    /** Something failed; the code is one of {@link ErrorCode}, never 0. */
    protected void onError(String message, int code) {}

    /** Something worth a line in a log happened. */
    protected void onLog(String message) {}

    /** Whether there is a connection, as far as ticks have seen. */
    public abstract boolean isConnected();

    /** Does what is ready and returns; to be called once per frame. */
    public abstract void tick();

    /** Sends the first bytes of an array. Never waits: false, after onError, when they cannot even be queued. */
    public abstract boolean send(byte[] data, int size);
}
