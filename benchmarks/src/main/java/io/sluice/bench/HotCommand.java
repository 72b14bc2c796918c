package io.sluice.bench;

import io.sluice.srtp.SrtpProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./sluice bench hot}: the whole packet line, from a publisher's protected packet in the port's
 * memory to the sockets of all viewers, against the same work in C.
 */
@Command(
        name = "hot",
        mixinStandardHelpOptions = true,
        description = "One packet in, unprotected, forwarded, protected and sent to all viewers.")
final class HotCommand extends Bench {
    private static final int GSO = 4;

    /** Some 20 milliseconds of sending to 100 viewers. */
    private static final int PACKETS = 64;

    private static final double LEAST_RATIO = 0.9;
    private static final double LEAST_GAIN_RATIO = 0.9;

    /** What UDP_SEGMENT gains here, as a share of what it gains in C. */
    private static final Figure GAIN_RATIO =
            new Figure("gsoGainRatioToC", "GSO gain, x of C's", "%.2f", false);

    @Option(names = "--viewers", description = "Of the one publisher (default: 100).")
    private int viewers = 100;

    @Option(names = "--size", description = "Of a payload in bytes (default: 1100).")
    private int sizeBytes = 1100;

    @Option(
            names = "--profile",
            split = ",",
            description = "gcm, cm (default: ${DEFAULT-VALUE}).",
            defaultValue = "gcm,cm")
    private List<String> profiles = List.of();

    @Option(
            names = "--drained",
            description =
                    "Has receivers take the packets: what wakes them is in the sender's time.")
    private boolean drained;

    @Override
    void prepare(Contest contest, Path root) throws IOException, InterruptedException {
        profiles.forEach(CryptoCommand::profile);
        Limit limit = Limit.compile(root);
        Receivers receivers = contest.closing(new Receivers(drained));
        if (profiles.contains("gcm")) {
            compare(contest, limit, receivers, SrtpProfile.AEAD_AES_128_GCM, "gcm");
            contest.bar(Bar.atLeast("gcm", Figure.RATIO_TO_C, LEAST_RATIO))
                    .bar(Bar.atMost("gcm", Figure.ALLOCATED_BYTES, 0))
                    .bar(Bar.atLeast("gcm, GSO 4", GAIN_RATIO, LEAST_GAIN_RATIO));
        }
        if (profiles.contains("cm")) {
            compare(contest, limit, receivers, SrtpProfile.AES128_CM_SHA1_80, "cm+sha1");
        }
    }

    private void compare(
            Contest contest, Limit limit, Receivers receivers, SrtpProfile profile, String cipher) {
        String single = cipher;
        String runs = cipher + ", GSO " + GSO;
        limit(contest, limit, cipher + ": fused copy, sendmmsg", "C " + single);
        contest.step(line(contest, profile, receivers, 1).step(single));
        limit(contest, limit, cipher + ": fused, sendmmsg x GSO 4", "C " + runs);
        contest.step(line(contest, profile, receivers, GSO).step(runs));
        contest.step((_, turn) -> {
            turn.compare(single, "C " + single);
            turn.compare(runs, "C " + runs);
            turn.put(
                    runs,
                    GAIN_RATIO,
                    turn.get(runs, Figure.RATIO_TO_C) / turn.get(single, Figure.RATIO_TO_C));
        });
    }

    private void limit(Contest contest, Limit limit, String variant, String line) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "hot",
                                "-n",
                                Integer.toString(viewers),
                                "-s",
                                Integer.toString(sizeBytes),
                                "-f",
                                variant));
        if (drained) {
            arguments.add("-D");
        }
        contest.step(limit.step(Map.of(variant, line), 1, arguments.toArray(String[]::new)));
    }

    private ThreadCost line(
            Contest contest, SrtpProfile profile, Receivers receivers, int packetsPerFrame) {
        PacketLine line = contest.closing(PacketLine.wide(profile, viewers, true, receivers));
        return ThreadCost.of(new FrameWork(line, PACKETS, packetsPerFrame, sizeBytes), line.loop());
    }
}
