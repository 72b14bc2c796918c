package io.sluice.sdp;

import io.sluice.transport.LocalTransport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Candidates and credentials that come after a description: the body of type {@code application/trickle-ice-sdpfrag}
 * (RFC 8840 9). There is one transport here, so it does not matter in which section a line stands.
 *
 * @param ufrag whose candidates these are; null if it is not said
 * @param password null where {@code ufrag} is
 * @param candidates values of {@code a=candidate}, also those that nobody can resolve
 */
public record IceFragment(
        @Nullable String ufrag, @Nullable String password, List<String> candidates) {
    /** A browser's candidates of some addresses are 2 KB. */
    private static final int MAX_CHARS = 32 * 1024;

    private static final int MAX_LINES = 256;
    private static final int MAX_CANDIDATES = 64;

    private static final String CANDIDATE = "a=candidate:";
    private static final String UFRAG = "a=ice-ufrag:";
    private static final String PASSWORD = "a=ice-pwd:";
    private static final String END = "a=end-of-candidates";

    public IceFragment {
        candidates = List.copyOf(candidates);
    }

    /**
     * Reads a fragment; lines may end with LF alone.
     *
     * @throws SdpException for any text that is not one, or has nothing of a transport in it
     */
    public static IceFragment parse(String text) {
        if (text.length() > MAX_CHARS) {
            throw new SdpException(
                    "the fragment has %d characters; at most %d are read"
                            .formatted(text.length(), MAX_CHARS));
        }
        String ufrag = null;
        String password = null;
        boolean ended = false;
        List<String> candidates = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\r?\n", MAX_LINES + 1)) {
            number++;
            checkLine(number, line);
            if (line.startsWith(CANDIDATE)) {
                if (candidates.size() == MAX_CANDIDATES) {
                    throw SdpException.atLine(
                            number, "at most " + MAX_CANDIDATES + " candidates are read");
                }
                candidates.add(line.substring(CANDIDATE.length()));
            } else if (line.startsWith(UFRAG)) {
                String value = line.substring(UFRAG.length());
                ufrag = same(number, ufrag, SdpFields.iceString(number, value, 4, "ice-ufrag"));
            } else if (line.startsWith(PASSWORD)) {
                String value = line.substring(PASSWORD.length());
                password =
                        same(number, password, SdpFields.iceString(number, value, 22, "ice-pwd"));
            }
            ended |= line.equals(END);
        }
        if ((ufrag == null) != (password == null)) {
            throw new SdpException("a=ice-ufrag and a=ice-pwd stand together");
        }
        if (ufrag == null && candidates.isEmpty() && !ended) {
            throw new SdpException("there is neither a candidate nor a=ice-ufrag in the fragment");
        }
        return new IceFragment(ufrag, password, candidates);
    }

    private static void checkLine(int number, String line) {
        if (number > MAX_LINES) {
            throw SdpException.atLine(number, "at most " + MAX_LINES + " lines are read");
        }
        if (line.isEmpty()) {
            return;
        }
        if (line.length() < 2 || line.charAt(1) != '=' || "acmostvb".indexOf(line.charAt(0)) < 0) {
            throw SdpException.atLine(
                    number, "expected a line of a description, as in a=mid:0 (RFC 8840 9)");
        }
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) < ' ') {
                throw SdpException.atLine(number, "holds a control character");
            }
        }
    }

    private static String same(int number, @Nullable String before, String value) {
        if (before != null && !before.equals(value)) {
            throw SdpException.atLine(
                    number, "other ICE credentials than before; all media share one transport");
        }
        return value;
    }

    /**
     * Writes our side of a transport, with CR LF.
     *
     * @param answer in whose first section the transport is described
     */
    public static String write(SessionDescription answer, LocalTransport local) {
        MediaSection first = answer.sections().getFirst();
        StringBuilder out = new StringBuilder(1_024);
        line(out, "a=ice-options:trickle ice2");
        line(out, "a=group:BUNDLE " + String.join(" ", answer.bundle()));
        line(
                out,
                "m=%s 9 %s %s"
                        .formatted(first.media(), first.protocol(), first.formats().getFirst()));
        line(out, "a=mid:" + first.mid());
        line(out, UFRAG + local.iceUfrag());
        line(out, PASSWORD + local.icePassword());
        local.candidates().forEach(candidate -> line(out, CANDIDATE + candidate));
        line(out, END);
        return out.toString();
    }

    private static void line(StringBuilder out, String text) {
        out.append(text).append("\r\n");
    }
}
