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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import network.Client;
import network.Endpoint;
import network.Network;
import network.NetworkClient;
import network.NetworkException;
import network.NetworkServer;
import network.Server;
import network.SharedOrphan;

/**
 * The driver of this port: reads commands of the line protocol (docs/driver-protocol.md), a line each, calls the
 * module, and writes what came of them. It can be tried by typing: java -cp build Driver
 */
public final class Driver implements Recording.Listener {
    private static final int DEEPEST_REACTION = 50;
    private static final List<String> CALLBACKS = List.of("connect", "disconnect", "data", "error", "log");
    private static final List<String> ACTIONS =
            List.of("none", "send", "echo", "save", "tick", "destroy", "query", "raise", "connect", "close",
                    "is_connected");
    private static final String HELLO =
            "value 1 network-java 0.1.0 " + Words.text("Java " + System.getProperty("java.version"))
                    + " core,lowlevel,client,client-lowlevel";

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
            case "new" -> done(() -> make(Words.number(words[2]), Words.number(words[3])));
            case "adapter" -> done(() -> makeAdapter(endpoint(words[2])));
            case "init" -> value(server(words[2]).init(Words.integer(words[3])));
            case "has_session" -> value(server(words[2]).hasSession());
            case "is_open" -> value(server(words[2]).isOpen());
            case "is_connected" -> value(endpoint(words[2]).isConnected());
            case "tick" -> done(endpoint(words[2])::tick);
            case "send" -> value(endpoint(words[2]).send(Words.buffer(words[3], words[4]), Words.integer(words[5])));
            case "save" -> done(() -> server(words[2]).save(orphan(words[3])));
            case "restore" -> done(() -> server(words[2]).restore(orphan(words[3])));
            case "holds" -> value(orphan(words[2]).holds());
            case "destroy" -> done(() -> destroy(object(words[2])));
            case "react" -> done(() -> react(words));
            case "ticks" -> repeated(Words.number(words[3]), endpoint(words[2])::tick);
            case "reloads" -> reloads(server(words[2]), orphan(words[3]), Words.number(words[4]));
            case "send_reused" -> value(
                    sendReused(endpoint(words[2]), Words.buffer(words[3], words[4]), Words.integer(words[5])));
            case "kept" -> value(!(object(words[2]) instanceof Recording.Recorded object)
                    || object.recording().deliveries.areAsGiven());
            case "memory" -> told(HostProcess.memory());
            case "threads" -> told(HostProcess.threads());
            case "descriptors" -> told(HostProcess.descriptors());
            case "make_server" -> value(Network.makeServer(object(words[2])));
            case "server_init" -> value(Network.serverInit(handle(words[2]), Words.integer(words[3])));
            case "server_is_open" -> value(Network.serverIsOpen(handle(words[2])));
            case "server_is_connected" -> value(Network.serverIsConnected(handle(words[2])));
            case "server_tick" -> done(() -> Network.serverTick(handle(words[2])));
            case "server_send" -> value(
                    Network.serverSend(handle(words[2]), Words.buffer(words[3], words[4]), Words.integer(words[5])));
            case "server_restore" -> done(() -> Network.serverRestore(handle(words[2]), server(words[3])));
            case "connect" -> connect(words);
            case "close" -> done(client(words[2])::close);
            case "make_client" -> value(Network.makeClient(object(words[2])));
            case "client_connect" -> value(Network.clientConnect(
                    clientHandle(words[2]),
                    Words.unescaped(words[3]),
                    Words.integer(words[4]),
                    Words.integer(words[5])));
            case "client_is_connected" -> value(Network.clientIsConnected(clientHandle(words[2])));
            case "client_tick" -> done(() -> Network.clientTick(clientHandle(words[2])));
            case "client_send" -> value(Network.clientSend(
                    clientHandle(words[2]), Words.buffer(words[3], words[4]), Words.integer(words[5])));
            case "client_close" -> done(() -> Network.clientClose(clientHandle(words[2])));
            default -> "unsupported";
        };
    }

    private String connect(String[] words) {
        Client client = client(words[2]);
        String host = Words.unescaped(words[3]);
        int port = Words.integer(words[4]);
        int timeout = Words.integer(words[5]);
        BooleanSupplier call = () -> client.connect(host, port, timeout);
        if (client instanceof Recording.Recorded recorded) {
            recorded.recording().connectAgain = call;
        }
        return value(call.getAsBoolean());
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

    private static boolean sendReused(Endpoint object, byte[] buffer, int size) {
        try {
            return object.send(buffer, size);
        } finally {
            Arrays.fill(buffer, (byte) 0); // as a program does that uses its buffer again
        }
    }

    // What an error becomes: its class as the kind, its text as the message.
    private static String refused(RuntimeException error) {
        String kind = error.getClass().getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-");
        if (error instanceof Words.Refused refusal) {
            kind = refusal.kind;
        } else if (error instanceof NetworkException failure) {
            kind = failure.kind().name().replace('_', '-');
        }
        return "refused " + kind.toLowerCase() + ' ' + Words.text(String.valueOf(error.getMessage()));
    }

    private void make(long number, long kind) {
        if (number < 1 || objects.containsKey(number)) {
            throw Words.wrong("object " + number + " cannot be made, or was made before");
        }
        objects.put(number, switch ((int) kind) {
            case 0 -> new Object();
            case 1 -> new Recording.OfServer(number, this);
            case 2 -> new Recording.OfServerB(number, this);
            case 3 -> new Recording.SilentServer();
            case 4 -> new Recording.OfClient(number, this);
            case 5 -> new Recording.OfClientB(number, this);
            case 6 -> new Recording.SilentClient();
            default -> throw Words.wrong("no class " + kind);
        });
    }

    private static void makeAdapter(Endpoint object) {
        if (object instanceof Server server) {
            server.makeServerAdapter();
        } else if (object instanceof Client client) {
            client.makeClientAdapter();
        }
    }

    private static void destroy(Object object) {
        if (object instanceof Server server) { // a plain object has nothing to destroy
            server.close();
        } else if (object instanceof Client client) {
            client.destroy();
        }
    }

    private void react(String[] words) {
        // List.of turns null down with an exception of its own.
        if (!CALLBACKS.contains(String.valueOf(words[3])) || !ACTIONS.contains(String.valueOf(words[4]))) {
            throw Words.wrong("there is no reaction " + words[4] + " to " + words[3]);
        }
        if (object(words[2]) instanceof Recording.Recorded recorded) {
            recorded.recording().reactions.put(words[3], new String[] {words[4], words[5]});
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
        Object found = objects.get(Words.number(word));
        if (found == null) {
            throw Words.wrong("no object " + word);
        }
        return found;
    }

    // Server's methods do not exist on a plain object; whoever asks has to learn it as from a compiler.
    private Server server(String word) {
        if (object(word) instanceof Server server) {
            return server;
        }
        throw new Words.Refused("no-server", "object " + word + " is not derived from Server");
    }

    private Client client(String word) {
        if (object(word) instanceof Client client) {
            return client;
        }
        throw new Words.Refused("no-client", "object " + word + " is not derived from Client");
    }

    private Endpoint endpoint(String word) {
        if (object(word) instanceof Endpoint endpoint) {
            return endpoint;
        }
        throw new Words.Refused("no-server", "object " + word + " is derived neither from Server nor from Client");
    }

    private NetworkServer handle(String word) {
        return "0".equals(word) ? null : server(word)._server;
    }

    private NetworkClient clientHandle(String word) {
        return "0".equals(word) ? null : client(word)._client;
    }

    private SharedOrphan orphan(String word) {
        return orphans.computeIfAbsent(Words.number(word), key -> new SharedOrphan());
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

    @Override
    public void fired(Endpoint endpoint, String callback, String words, byte[] data) {
        Recording object = ((Recording.Recorded) endpoint).recording();
        event(object.number, words);
        String[] reaction = object.reactions.getOrDefault(callback, new String[] {"none", null});
        String action = reaction[0];
        if (action.equals("none")) {
            return;
        }
        if (action.equals("raise")) {
            throw new Words.Refused("callback-error", "raised on request");
        }
        String outcome = "refused recursion -";
        if (depth < DEEPEST_REACTION) {
            depth++;
            try {
                outcome = act(endpoint, action, reaction[1], data);
            } catch (RuntimeException error) {
                outcome = refused(error);
            } finally {
                depth--;
            }
        }
        event(object.number, "did " + action + ' ' + outcome);
    }

    private String act(Endpoint object, String action, String word, byte[] data) {
        return switch (action) {
            case "send" -> value(object.send(Words.bytes(word), Words.bytes(word).length));
            case "echo" -> value(object.send(data, data.length));
            case "tick" -> done(object::tick);
            case "destroy" -> done(() -> destroy(object));
            case "is_connected" -> value(object.isConnected());
            case "save" -> done(() -> ((Server) object).save(orphan(word)));
            case "query" -> {
                Server server = (Server) object;
                yield "value " + server.hasSession() + ' ' + server.isOpen() + ' ' + server.isConnected();
            }
            case "connect" -> value(((Recording.Recorded) object).recording().connectAgain.getAsBoolean());
            case "close" -> done(((Client) object)::close);
            default -> throw Words.wrong("no action " + action);
        };
    }
}
