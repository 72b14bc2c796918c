package io.sluice.sdp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the first section, and holds for all that do not say otherwise.
 *
 * <p>Owned by its {@link SdpParser}.
 */
final class SessionPart {
    private static final int MAX_FINGERPRINTS = 8;

    String id = "0";
    long version;
    List<String> bundle = List.of();
    boolean extmapAllowMixed;
    boolean iceLite;
    boolean trickle;
    Direction direction = Direction.SENDRECV;
    @Nullable String iceUfrag;
    @Nullable String icePassword;
    @Nullable String setup;
    final List<String> fingerprints = new ArrayList<>();

    private boolean originSeen;
    private boolean bundleSeen;

    void readOrigin(int line, String value) {
        List<String> words = SdpFields.words(value);
        if (originSeen || words.size() != 6) {
            throw SdpException.atLine(
                    line, "o= stands once and has six words, as in o=- 1 1 IN IP4 127.0.0.1");
        }
        originSeen = true;
        id = SdpFields.token(line, words.get(1), "the session id");
        // RFC 8866 sets no upper limit and nothing depends on it: a huge one must not be refused.
        String number = words.get(2);
        version =
                number.length() > 18
                        ? 0
                        : SdpFields.number(line, number, Long.MAX_VALUE, "the version");
    }

    void readAttribute(int line, String name, String value) {
        switch (name) {
            case "group" -> readGroup(line, value);
            case "extmap-allow-mixed" -> extmapAllowMixed = true;
            case "ice-lite" -> iceLite = true;
            case "ice-options" -> trickle = SdpFields.words(value).contains("trickle");
            case "ice-ufrag" -> iceUfrag = SdpFields.iceString(line, value, 4, "ice-ufrag");
            case "ice-pwd" -> icePassword = SdpFields.iceString(line, value, 22, "ice-pwd");
            case "setup" -> setup = SdpFields.setup(line, value);
            case "fingerprint" -> addFingerprint(line, fingerprints, value);
            case "sendrecv" -> direction = Direction.SENDRECV;
            case "sendonly" -> direction = Direction.SENDONLY;
            case "recvonly" -> direction = Direction.RECVONLY;
            case "inactive" -> direction = Direction.INACTIVE;
            default -> {
                // RFC 8866 6: what is not known is left alone.
            }
        }
    }

    static void addFingerprint(int line, List<String> fingerprints, String value) {
        if (fingerprints.size() == MAX_FINGERPRINTS) {
            throw SdpException.atLine(
                    line, "at most " + MAX_FINGERPRINTS + " fingerprints are read");
        }
        fingerprints.add(SdpFields.fingerprint(line, value));
    }

    private void readGroup(int line, String value) {
        List<String> words = SdpFields.words(value);
        if (words.isEmpty() || !words.getFirst().equals("BUNDLE")) {
            return;
        }
        if (bundleSeen) {
            throw SdpException.atLine(line, "only one BUNDLE group is answered");
        }
        bundleSeen = true;
        List<String> mids = words.subList(1, words.size());
        if (mids.stream().distinct().count() != mids.size()) {
            throw SdpException.atLine(line, "a mid stands once in the BUNDLE group");
        }
        bundle = mids;
    }
}
