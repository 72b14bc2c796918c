package io.sluice.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a program prints that ends by itself. */
final class CommandOutput {
    private static final int MAX_BYTES = 4 << 20;

    private CommandOutput() {}

    /**
     * Runs it, and throws if it cannot be started or fails.
     *
     * @param advice for who has to mend that; may be empty
     */
    static String of(List<String> command, String advice) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(
                            process.getInputStream().readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + output + advice);
            }
            return output;
        } catch (IOException e) {
            throw new IOException(e.getMessage() + (advice.isEmpty() ? "" : "\n" + advice), e);
        }
    }
}
