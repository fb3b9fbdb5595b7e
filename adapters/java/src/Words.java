import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The words of the line protocol: numbers, bytes and texts, read and written. Nothing here knows the module. */
final class Words {
    private static final int LARGEST_BUFFER = 256 << 20;
    private static final HexFormat HEX = HexFormat.of();

    private Words() {}

    /** The end of a command that is no value. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        final String kind;

        Refused(String kind, String message) {
            super(message);
            this.kind = kind;
        }
    }

    /** The command itself is wrong, which says nothing about the module. */
    static Refused wrong(String message) {
        return new Refused("driver", message);
    }

    static String hex(byte[] data) {
        return data.length == 0 ? "-" : HEX.formatHex(data);
    }

    static long number(String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException error) {
            throw wrong(word == null ? "too few words" : word + " is no number");
        }
    }

    // The module takes int; a number beyond that is refused here, and does not wrap.
    static int integer(String word) {
        long number = number(word);
        if (number != (int) number) {
            throw new Refused("out-of-range", word + " is no int");
        }
        return (int) number;
    }

    /** A text that is a host: the escapes undone. */
    static String unescaped(String word) {
        if (word == null) {
            throw wrong("too few words");
        }
        // A plus sign cannot come, so that nothing is taken for a form's blank.
        return word.equals("-") ? "" : URLDecoder.decode(word, StandardCharsets.UTF_8);
    }

    static byte[] bytes(String word) {
        if (word == null) {
            throw wrong("too few words");
        }
        return word.equals("-") ? new byte[0] : HEX.parseHex(word);
    }

    static byte[] buffer(String word, String repeat) {
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

    static String text(String words) {
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
}
