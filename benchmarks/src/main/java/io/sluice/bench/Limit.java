package io.sluice.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The same work in plain C ({@code src/main/c/limit.c}), to compare with: compiled at first use, run in
 * turns with what is measured.
 */
final class Limit {
    /** Copies, rewrites, protects with AES-GCM and sends by sendmmsg. */
    static final String GCM = "gcm: fused copy, sendmmsg";

    private static final Pattern LINE = Pattern.compile("^(.*?)\\s{2,}(\\d+\\.\\d)\\s+.*$");
    private static final int OUTPUT_CHARS = 20_000;

    private final Path binary;

    private Limit(Path binary) {
        this.binary = binary;
    }

    static Limit compile(Path root) throws IOException, InterruptedException {
        Path source = root.resolve("benchmarks/src/main/c/limit.c");
        Path binary = root.resolve("benchmarks/target/limit");
        if (!Files.exists(binary)
                || Files.getLastModifiedTime(binary).compareTo(Files.getLastModifiedTime(source))
                        < 0) {
            run(
                    List.of(
                            "gcc",
                            "-O3",
                            "-march=native",
                            "-o",
                            binary.toString(),
                            source.toString(),
                            "-lcrypto",
                            "-lpthread"),
                    "get the compiler with: apt-get install gcc libc6-dev libssl-dev");
        }
        return new Limit(binary);
    }

    /** CPU time of the sending thread for each packet to {@code viewers}, in nanoseconds. */
    double hotNanos(String variant, int viewers) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(binary.toString(), "hot", "-D"));
        command.addAll(List.of("-n", Integer.toString(viewers), "-f", variant));
        String output = run(command, "");
        for (String line : output.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches() && matcher.group(1).equals(variant)) {
                return Double.parseDouble(matcher.group(2));
            }
        }
        throw new IOException("limit printed no figure of " + variant);
    }

    private static String run(List<String> command, String advice)
            throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(
                            process.getInputStream().readNBytes(OUTPUT_CHARS),
                            StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + output + advice);
            }
            return output;
        } catch (IOException e) {
            throw new IOException(e.getMessage() + (advice.isEmpty() ? "" : "\n" + advice), e);
        }
    }
}
