package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The same work in plain C ({@code src/main/c/limit.c}), to compare with: compiled at first use, run in
 * turns with what is measured.
 */
final class Limit {
    private static final Pattern LINE =
            Pattern.compile("^(\\S.*?)\\s{2,}(?:cpu ns/pkt\\s+)?(\\d+\\.\\d)\\s.*$");

    /** Copies, rewrites, protects with AES-GCM and sends by sendmmsg. */
    private static final String GCM = "gcm: fused copy, sendmmsg";

    private static final String VIEWERS = "100";
    private static final int ROUNDS = 3;
    private static final double MILLIS_PER_SECOND = 1_000;

    private final Path binary;

    private Limit(Path binary) {
        this.binary = binary;
    }

    static Limit compile(Path root) throws IOException, InterruptedException {
        Path binary =
                Compiler.compile(
                        root, "limit.c", "limit", "-march=native", "-lcrypto", "-lpthread");
        return new Limit(binary);
    }

    /**
     * A step that measures variants of one of its modes.
     *
     * @param variants in the order of the table: the printed name of each variant wanted, and the line of the table that it becomes
     * @param measured how many variants {@code arguments} let it measure: they share the time
     */
    Contest.Step step(Map<String, String> variants, int measured, String... arguments) {
        return (seconds, turn) -> {
            Map<String, Double> nanos = run(seconds / measured, arguments);
            variants.forEach((variant, line) -> turn.putCpu(line, nanos(nanos, variant)));
        };
    }

    /** The step that whole servers are compared with: one packet to 100 viewers, without UDP_SEGMENT. */
    Contest.Step hot(String line) {
        return step(Map.of(GCM, line), 1, "hot", "-D", "-n", VIEWERS, "-f", GCM);
    }

    private static double nanos(Map<String, Double> measured, String variant) {
        Double nanos = measured.get(variant);
        if (nanos == null) {
            throw new IllegalStateException(
                    "limit measured " + measured.keySet() + ", not " + variant);
        }
        return nanos;
    }

    /** CPU nanoseconds of the working thread for each packet, by variant. */
    private Map<String, Double> run(double seconds, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of(arguments));
        long millis = Math.max(1, Math.round(seconds * MILLIS_PER_SECOND / ROUNDS));
        command.addAll(List.of("-r", Integer.toString(ROUNDS), "-t", Long.toString(millis)));
        Map<String, Double> nanos = new HashMap<>();
        for (String line : CommandOutput.of(command, "").lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                nanos.put(matcher.group(1), Double.parseDouble(matcher.group(2)));
            }
        }
        return nanos;
    }
}
