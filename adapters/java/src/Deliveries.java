import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the data callbacks of an object were given, as they were given it, each beside a copy. */
final class Deliveries {
    /** Bytes that are kept at most: enough to see an array that is used again. */
    private static final int MOST = 1 << 20;

    private record Delivery(byte[] given, byte[] copy) {}

    private final List<Delivery> kept = new ArrayList<>();
    private int size;

    void keep(byte[] given) {
        if (given.length <= MOST - size) {
            size += given.length;
            kept.add(new Delivery(given, given.clone()));
        }
    }

    /** Whether each is still what it was. */
    boolean areAsGiven() {
        return kept.stream().allMatch(delivery -> Arrays.equals(delivery.given, delivery.copy));
    }
}
