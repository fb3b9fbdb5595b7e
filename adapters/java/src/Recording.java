import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import network.Client;
import network.Endpoint;
import network.Server;

/** What the driver knows of an object that tells of its callbacks, and the classes of objects that it makes. */
final class Recording {
    /** Whoever wants to know of callbacks. What it throws leaves the callback. */
    interface Listener {
        void fired(Endpoint object, String callback, String words, byte[] data);
    }

    /** An object that has a recording. */
    interface Recorded {
        Recording recording();
    }

    final long number;
    final Map<String, String[]> reactions = new HashMap<>();
    final Deliveries deliveries = new Deliveries();
    /** The object's last command connect, done again. */
    BooleanSupplier connectAgain = () -> {
        throw Words.wrong("the object has had no command connect");
    };

    private final Listener listener;

    private Recording(long number, Listener listener) {
        this.number = number;
        this.listener = listener;
    }

    private void connected(Endpoint object) {
        listener.fired(object, "connect", "connect", null);
    }

    private void disconnected(Endpoint object) {
        listener.fired(object, "disconnect", "disconnect", null);
    }

    private void given(Endpoint object, byte[] data) {
        deliveries.keep(data);
        listener.fired(object, "data", "data " + data.length + ' ' + Words.hex(data), data);
    }

    private void failed(Endpoint object, String message, int code) {
        listener.fired(object, "error", "error " + code + ' ' + Words.text(message), null);
    }

    private void logged(Endpoint object, String message) {
        listener.fired(object, "log", "log " + Words.text(message), null);
    }

    static class OfServer extends Server implements Recorded {
        private final Recording recording;

        OfServer(long number, Listener listener) {
            recording = new Recording(number, listener);
        }

        @Override
        public Recording recording() {
            return recording;
        }

        @Override
        protected void onConnect() {
            recording.connected(this);
        }

        @Override
        protected void onDisconnect() {
            recording.disconnected(this);
        }

        @Override
        protected void onData(byte[] data) {
            recording.given(this, data);
        }

        @Override
        protected void onError(String message, int code) {
            recording.failed(this, message, code);
        }

        @Override
        protected void onLog(String message) {
            recording.logged(this, message);
        }
    }

    /** A class of its own: two objects of one class are no reload. */
    static final class OfServerB extends OfServer {
        OfServerB(long number, Listener listener) {
            super(number, listener);
        }
    }

    static final class SilentServer extends Server {}

    static class OfClient extends Client implements Recorded {
        private final Recording recording;

        OfClient(long number, Listener listener) {
            recording = new Recording(number, listener);
        }

        @Override
        public Recording recording() {
            return recording;
        }

        @Override
        protected void onConnect() {
            recording.connected(this);
        }

        @Override
        protected void onDisconnect() {
            recording.disconnected(this);
        }

        @Override
        protected void onData(byte[] data) {
            recording.given(this, data);
        }

        @Override
        protected void onError(String message, int code) {
            recording.failed(this, message, code);
        }

        @Override
        protected void onLog(String message) {
            recording.logged(this, message);
        }
    }

    /** A class of its own: two objects of one class are no reload. */
    static final class OfClientB extends OfClient {
        OfClientB(long number, Listener listener) {
            super(number, listener);
        }
    }

    static final class SilentClient extends Client {}
}
