package network;

/** The caller did something that cannot be; the message says what to do first. What the other end does never throws. */
public final class NetworkException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What cannot be. */
    public enum Kind {
        NULL_HANDLE("the handle is null: pass the one that makeServer stored in _server, or makeClient in _client"),
        NO_HANDLE("the object has no handle: call makeServerAdapter() or makeClientAdapter() first, or restore()"),
        CLOSED_HANDLE("the handle is closed: make another with makeServerAdapter() or makeClientAdapter()"),
        EMPTY_ORPHAN("the orphan holds no handle: save() one into it first"),
        OCCUPIED_ORPHAN("the orphan holds a handle already: restore() that one first");

        private final String message;

        Kind(String message) {
            this.message = message;
        }
    }

    private final Kind kind;

    NetworkException(Kind kind) {
        super(kind.message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
