import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import network.Network;
import network.NetworkException;
import network.NetworkServer;
import network.Server;
import network.SharedOrphan;

/**
 * The driver of this port: reads commands of the line protocol (docs/driver-protocol.md), a line each, calls the module,
 * and writes what came of them. It can be tried by typing: java -cp build Driver
 */
public final class Driver {
    private static final int DEEPEST_REACTION = 50;
    private static final int LARGEST_BUFFER = 256 << 20;
    private static final List<String> CALLBACKS = List.of("connect", "disconnect", "data", "error", "log");
    private static final List<String> ACTIONS =
            List.of("none", "send", "echo", "save", "tick", "destroy", "query", "raise");
    private static final HexFormat HEX = HexFormat.of();
    private static final String HELLO =
            "value 1 network-java 0.1.0 " + text("Java " + System.getProperty("java.version")) + " core,lowlevel";

    /** The end of a command that is no value. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        final String kind;

        Refused(String kind, String message) {
            super(message);
            this.kind = kind;
        }
    }

    /** The command itself is wrong, which says nothing about the module. */
    private static Refused wrong(String message) {
        return new Refused("driver", message);
    }

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final Map<Long, Object> objects = new HashMap<>();
    private final Map<Long, SharedOrphan> orphans = new HashMap<>();
    private final StringBuilder answer = new StringBuilder(); // lines of the command that is running
    private String sequence = "0"; // its number, 0 between commands
    private int depth; // of reactions within reactions

    public static void main(String[] arguments) throws IOException {
        System.setOut(System.err); // what anybody prints must not end up among the answers
        new Driver().serve();
    }

    private void serve() throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        String line;
        for (String name = ""; !name.equals("bye") && (line = lines.readLine()) != null; ) {
            if (line.isEmpty()) {
                continue;
            }
            String[] words = Arrays.copyOf(line.split(" "), 6); // null where the command has fewer
            sequence = words[0];
            name = Objects.requireNonNullElse(words[1], "");
            String outcome;
            try {
                outcome = carryOut(name, words);
            } catch (RuntimeException error) {
                outcome = refused(error);
            }
            answer.append(sequence).append(' ').append(outcome).append('\n');
            sequence = "0";
            flush();
        }
        forget();
    }

    private void flush() throws IOException {
        out.write(answer.toString().getBytes(StandardCharsets.US_ASCII));
        out.flush();
        answer.setLength(0);
    }

    // --- commands: words from 2 on are the arguments

    private String carryOut(String name, String[] words) {
        return switch (name) {
            case "hello" -> HELLO;
            case "reset", "bye" -> done(this::forget);
            case "new" -> done(() -> make(number(words[2]), number(words[3])));
            case "adapter" -> done(server(words[2])::makeServerAdapter);
            case "init" -> value(server(words[2]).init(integer(words[3])));
            case "has_session" -> value(server(words[2]).hasSession());
            case "is_open" -> value(server(words[2]).isOpen());
            case "is_connected" -> value(server(words[2]).isConnected());
            case "tick" -> done(server(words[2])::tick);
            case "send" -> value(server(words[2]).send(buffer(words[3], words[4]), integer(words[5])));
            case "save" -> done(() -> server(words[2]).save(orphan(words[3])));
            case "restore" -> done(() -> server(words[2]).restore(orphan(words[3])));
            case "holds" -> value(orphan(words[2]).holds());
            case "destroy" -> done(() -> destroy(object(words[2])));
            case "react" -> done(() -> react(words));
            case "ticks" -> repeated(number(words[3]), server(words[2])::tick);
            case "reloads" -> reloads(server(words[2]), orphan(words[3]), number(words[4]));
            case "send_reused" -> value(
                    sendReused(server(words[2]), buffer(words[3], words[4]), integer(words[5])));
            case "kept" -> value(!(object(words[2]) instanceof Recording object) || object.deliveries.areAsGiven());
            case "memory" -> told(HostProcess.memory());
            case "threads" -> told(HostProcess.threads());
            case "descriptors" -> told(HostProcess.descriptors());
            case "make_server" -> value(Network.makeServer(object(words[2])));
            case "server_init" -> value(Network.serverInit(handle(words[2]), integer(words[3])));
            case "server_is_open" -> value(Network.serverIsOpen(handle(words[2])));
            case "server_is_connected" -> value(Network.serverIsConnected(handle(words[2])));
            case "server_tick" -> done(() -> Network.serverTick(handle(words[2])));
            case "server_send" -> value(
                    Network.serverSend(handle(words[2]), buffer(words[3], words[4]), integer(words[5])));
            case "server_restore" -> done(() -> Network.serverRestore(handle(words[2]), server(words[3])));
            default -> "unsupported";
        };
    }

    private static String done(Runnable call) {
        call.run();
        return "value";
    }

    private static String value(boolean result) {
        return "value " + result;
    }

    private static String told(OptionalLong number) {
        return number.isPresent() ? "value " + number.getAsLong() : "unsupported";
    }

    // Ends with the first call that is refused.
    private static String repeated(long count, Runnable call) {
        for (; count > 0; count--) {
            call.run();
        }
        return "value";
    }

    private static String reloads(Server server, SharedOrphan orphan, long count) {
        return repeated(count, () -> {
            server.save(orphan);
            server.restore(orphan);
        });
    }

    private static boolean sendReused(Server server, byte[] buffer, int size) {
        try {
            return server.send(buffer, size);
        } finally {
            Arrays.fill(buffer, (byte) 0); // as a program does that uses its buffer again
        }
    }

    // What an error becomes: its class as the kind, its text as the message.
    private static String refused(RuntimeException error) {
        String kind = error.getClass().getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-");
        if (error instanceof Refused refusal) {
            kind = refusal.kind;
        } else if (error instanceof NetworkException failure) {
            kind = failure.kind().name().replace('_', '-');
        }
        return "refused " + kind.toLowerCase() + ' ' + text(String.valueOf(error.getMessage()));
    }

    private void make(long number, long kind) {
        if (number < 1 || objects.containsKey(number)) {
            throw wrong("object " + number + " cannot be made, or was made before");
        }
        objects.put(number, switch ((int) kind) {
            case 0 -> new Object();
            case 1 -> new RecordingA(number);
            case 2 -> new RecordingB(number);
            case 3 -> new Silent();
            default -> throw wrong("no class " + kind);
        });
    }

    private static void destroy(Object object) {
        if (object instanceof Server server) { // a plain object has nothing to destroy
            server.close();
        }
    }

    private void react(String[] words) {
        // List.of turns null down with an exception of its own.
        if (!CALLBACKS.contains(String.valueOf(words[3])) || !ACTIONS.contains(String.valueOf(words[4]))) {
            throw wrong("there is no reaction " + words[4] + " to " + words[3]);
        }
        if (object(words[2]) instanceof Recording recording) {
            recording.reactions.put(words[3], new String[] {words[4], words[5]});
        }
    }

    private void forget() {
        objects.values().forEach(Driver::destroy);
        objects.clear();
        orphans.values().forEach(SharedOrphan::close);
        orphans.clear();
    }

    // --- words

    private Object object(String word) {
        Object found = objects.get(number(word));
        if (found == null) {
            throw wrong("no object " + word);
        }
        return found;
    }

    // Server's methods do not exist on a plain object; whoever asks has to learn it as from a compiler.
    private Server server(String word) {
        if (object(word) instanceof Server server) {
            return server;
        }
        throw new Refused("no-server", "object " + word + " is not derived from Server");
    }

    private NetworkServer handle(String word) {
        return "0".equals(word) ? null : server(word)._server;
    }

    private SharedOrphan orphan(String word) {
        return orphans.computeIfAbsent(number(word), key -> new SharedOrphan());
    }

    private static long number(String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException error) {
            throw wrong(word == null ? "too few words" : word + " is no number");
        }
    }

    // The module takes int; a number beyond that is refused here, and does not wrap.
    private static int integer(String word) {
        long number = number(word);
        if (number != (int) number) {
            throw new Refused("out-of-range", word + " is no int");
        }
        return (int) number;
    }

    private static byte[] bytes(String word) {
        if (word == null) {
            throw wrong("too few words");
        }
        return word.equals("-") ? new byte[0] : HEX.parseHex(word);
    }

    private static byte[] buffer(String word, String repeat) {
        byte[] piece = bytes(word);
        long size = piece.length * number(repeat);
        if (size < 0 || size > LARGEST_BUFFER) {
            throw wrong("a buffer of " + size + " bytes");
        }
        byte[] whole = new byte[(int) size];
        for (int at = 0; at < size; at += piece.length) {
            System.arraycopy(piece, 0, whole, at, piece.length);
        }
        return whole;
    }

    private static String text(String words) {
        if (words.isEmpty() || words.equals("-")) {
            return words.isEmpty() ? "-" : "%2D";
        }
        StringBuilder word = new StringBuilder();
        for (byte each : words.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = each >= 'a' && each <= 'z' || each >= 'A' && each <= 'Z' || each >= '0' && each <= '9';
            if (plain || each == '.' || each == '_' || each == '~' || each == '-') {
                word.append((char) each);
            } else {
                word.append('%').append(HEX.toHexDigits(each));
            }
        }
        return word.toString();
    }

    // --- callbacks and what is done in them

    private void event(long number, String words) {
        answer.append(sequence).append(" event ").append(number).append(' ').append(words).append('\n');
        if (sequence.equals("0")) { // a callback outside any command: the suite wants to know
            try {
                flush();
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        }
    }

    private void fired(Recording object, String callback, String words, byte[] data) {
        event(object.number, words);
        String[] reaction = object.reactions.getOrDefault(callback, new String[] {"none", null});
        String action = reaction[0];
        if (action.equals("none")) {
            return;
        }
        if (action.equals("raise")) {
            throw new Refused("callback-error", "raised on request");
        }
        String outcome = "refused recursion -";
        if (depth < DEEPEST_REACTION) {
            depth++;
            try {
                outcome = act(object, action, reaction[1], data);
            } catch (RuntimeException error) {
                outcome = refused(error);
            } finally {
                depth--;
            }
        }
        event(object.number, "did " + action + ' ' + outcome);
    }

    private String act(Server server, String action, String word, byte[] data) {
        return switch (action) {
            case "send" -> value(server.send(bytes(word), bytes(word).length));
            case "echo" -> value(server.send(data, data.length));
            case "save" -> done(() -> server.save(orphan(word)));
            case "tick" -> done(server::tick);
            case "destroy" -> done(server::close);
            case "query" -> "value " + server.hasSession() + ' ' + server.isOpen() + ' ' + server.isConnected();
            default -> throw wrong("no action " + action);
        };
    }

    private abstract class Recording extends Server {
        final long number;
        final Map<String, String[]> reactions = new HashMap<>();
        final Deliveries deliveries = new Deliveries();

        Recording(long number) {
            this.number = number;
        }

        @Override
        protected void onConnect() {
            fired(this, "connect", "connect", null);
        }

        @Override
        protected void onDisconnect() {
            fired(this, "disconnect", "disconnect", null);
        }

        @Override
        protected void onData(byte[] data) {
            deliveries.keep(data);
            fired(this, "data", "data " + data.length + ' ' + (data.length == 0 ? "-" : HEX.formatHex(data)), data);
        }

        @Override
        protected void onError(String message, int code) {
            fired(this, "error", "error " + code + ' ' + text(message), null);
        }

        @Override
        protected void onLog(String message) {
            fired(this, "log", "log " + text(message), null);
        }
    }

    private final class RecordingA extends Recording {
        RecordingA(long number) {
            super(number);
        }
    }

    private final class RecordingB extends Recording {
        RecordingB(long number) {
            super(number);
        }
    }

    private static final class Silent extends Server {}
}
