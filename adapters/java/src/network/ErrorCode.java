package network;

/** What {@link Endpoint#onError} is given. Java's exceptions carry no number of the system: these are the module's. */
public final class ErrorCode {
    public static final int CANNOT_LISTEN = 1;
    public static final int ALREADY_LISTENING = 2;
    public static final int NO_SUCH_PORT = 3;
    public static final int CANNOT_ACCEPT = 4;
    public static final int CONNECTION_BROKE = 5;
    public static final int NOT_CONNECTED = 6;
    public static final int QUEUE_FULL = 7;
    public static final int CANNOT_CONNECT = 8;
    public static final int ALREADY_CONNECTED = 9;

    private ErrorCode() {}
}
