import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the system tells of this process; empty where it does not. Nothing here knows the module or the line protocol.
 * It reads /dev/fd and /proc and changes nothing.
 */
final class HostProcess {
    private HostProcess() {}

    /** How many descriptors are open. */
    static OptionalLong descriptors() {
        OptionalLong entries = entries("/dev/fd");
        // One is the directory itself, open while it is read.
        return entries.isEmpty() ? entries : OptionalLong.of(entries.getAsLong() - 1);
    }

    /** How many threads there are, with those of the virtual machine. */
    static OptionalLong threads() {
        return entries("/proc/self/task");
    }

    /**
     * The resident set, in bytes, with the garbage collected: left alone, a large machine's collector waits for a
     * hundred mebibytes of it. From /proc/self/status, for statm counts pages, whose size Java does not tell.
     */
    static OptionalLong memory() {
        System.gc();
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
            return lines.stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst();
        } catch (IOException error) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong entries(String directory) {
        String[] names = new File(directory).list();
        return names == null ? OptionalLong.empty() : OptionalLong.of(names.length);
    }
}
