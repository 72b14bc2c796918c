package io.sluice.sdp;

import java.util.Locale;
import java.util.Map;

/**
 * What decides whether a decoder of H.264 takes a stream (RFC 6184 8.1, 8.2.2).
 *
 * @param profile by table 5 of RFC 6184: its several spellings are one; for those that are not in the table,
 *     the first four digits
 * @param level twice level_idc, so that 1b has a place between 1 and 1.1
 * @param packetizationMode 0, 1 or 2; -1 if it is none of these
 * @param levelAsymmetry whether each side may send at its own level
 */
record H264Format(String profile, int level, int packetizationMode, boolean levelAsymmetry) {
    private static final String CONSTRAINED_BASELINE = "constrained baseline";

    /** Constrained baseline at level 3.1, which libwebrtc means when it says nothing. */
    private static final String DEFAULT_PROFILE_LEVEL = "42e01f";

    private static final int SET_0 = 0x80;
    private static final int SET_1 = 0x40;
    private static final int SET_3 = 0x10;

    /** Constraint sets 4 and 5: progressive, and without B slices. */
    private static final int CONSTRAINED_HIGH = 0x0c;

    private static final int LEVEL_1_1 = 11;
    private static final int LEVEL_1B = 9;

    /** Reads the parameters of {@code a=fmtp}. */
    static H264Format of(Map<String, String> parameters) {
        String value =
                parameters
                        .getOrDefault("profile-level-id", DEFAULT_PROFILE_LEVEL)
                        .toLowerCase(Locale.ROOT);
        int mode =
                switch (parameters.getOrDefault("packetization-mode", "0")) {
                    case "0" -> 0;
                    case "1" -> 1;
                    case "2" -> 2;
                    default -> -1;
                };
        boolean asymmetry = "1".equals(parameters.get("level-asymmetry-allowed"));
        if (!value.matches("[0-9a-f]{6}")) {
            return new H264Format(value, 0, mode, asymmetry);
        }
        String indication = value.substring(0, 2);
        int flags = Integer.parseInt(value, 2, 4, 16);
        int level = Integer.parseInt(value, 4, 6, 16);
        return new H264Format(
                profile(indication, flags, value.substring(0, 4)),
                level(indication, flags, level),
                mode,
                asymmetry);
    }

    private static String profile(String indication, int flags, String unknown) {
        boolean set0 = (flags & SET_0) != 0;
        boolean set1 = (flags & SET_1) != 0;
        return switch (indication) {
            case "42" -> set1 ? CONSTRAINED_BASELINE : "baseline";
            case "4d" -> set0 ? CONSTRAINED_BASELINE : "main";
            case "58" -> {
                if (set0) {
                    yield set1 ? CONSTRAINED_BASELINE : "baseline";
                }
                yield "extended";
            }
            case "64" ->
                    (flags & CONSTRAINED_HIGH) == CONSTRAINED_HIGH ? "constrained high" : "high";
            default -> unknown;
        };
    }

    /** 1b is level_idc 9, or in the older profiles that of 1.1 with constraint set 3 (H.264 A.3.1). */
    private static int level(String indication, int flags, int level) {
        boolean older =
                indication.equals("42") || indication.equals("4d") || indication.equals("58");
        boolean is1b = level == LEVEL_1B || (older && level == LEVEL_1_1 && (flags & SET_3) != 0);
        return is1b ? 2 * LEVEL_1_1 - 1 : 2 * level;
    }

    /** Whether it can be read here: not the interleaved mode. */
    boolean isForwarded() {
        return packetizationMode == 0 || packetizationMode == 1;
    }

    boolean isConstrainedBaseline() {
        return profile.equals(CONSTRAINED_BASELINE);
    }

    /**
     * Whether a decoder of this format takes a stream of {@code stream}. Where the level has to be the same
     * both ways, it is the highest one; where it need not be, decoders take more than they say.
     */
    boolean decodes(H264Format stream) {
        return profile.equals(stream.profile)
                && packetizationMode == stream.packetizationMode
                && (levelAsymmetry || level >= stream.level);
    }
}
