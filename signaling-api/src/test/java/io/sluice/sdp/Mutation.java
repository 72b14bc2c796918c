package io.sluice.sdp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Breaks descriptions at random places. */
final class Mutation {
    private static final List<String> WORDS =
            List.of(
                    "",
                    " ",
                    "0",
                    "-1",
                    "65536",
                    "4294967296",
                    "99999999999999999999",
                    "/",
                    ":",
                    ";",
                    "=",
                    "\r",
                    "\u0000",
                    "\u00e9",
                    "BUNDLE",
                    "a=",
                    "m=",
                    "m=video 9 RTP/AVP",
                    "a=mid:0",
                    "a=port",
                    "*",
                    "a=extmap:",
                    "a=inactive",
                    "a=bundle-only");

    private Mutation() {}

    static String of(String sdp, RandomGenerator random) {
        String broken = sdp;
        int changes = 1 + random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            broken = random.nextBoolean() ? breakLines(broken, random) : breakText(broken, random);
        }
        return broken;
    }

    private static String breakLines(String sdp, RandomGenerator random) {
        List<String> lines = new ArrayList<>(Arrays.asList(sdp.split("\r\n", -1)));
        int at = random.nextInt(lines.size());
        switch (random.nextInt(4)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
            case 2 -> lines.set(at, lines.get(random.nextInt(lines.size())));
            default -> lines.add(at, word(random));
        }
        return String.join("\r\n", lines);
    }

    private static String breakText(String sdp, RandomGenerator random) {
        int from = random.nextInt(sdp.length() + 1);
        int to = Math.min(sdp.length(), from + random.nextInt(1 + random.nextInt(40)));
        return sdp.substring(0, from) + word(random) + sdp.substring(to);
    }

    private static String word(RandomGenerator random) {
        return WORDS.get(random.nextInt(WORDS.size()));
    }

    static void assertHarmless(String sdp, long seed, int round) {
        try {
            SessionDescription offer = SessionDescription.parse(sdp);
            Negotiator negotiator = Clients.negotiator(seed);
            Clients.publishAll(negotiator);
            negotiator.restartsIce(offer);
            Answer answer = negotiator.answer(offer, Clients.LOCAL, Map.of());
            SessionDescription.parse(answer.sdp());
        } catch (SdpException e) {
            if (String.valueOf(e.getMessage()).length() < 10) {
                throw new AssertionError("no message, seed " + seed + " round " + round, e);
            }
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + " round " + round + "\n" + sdp, e);
        }
    }
}
