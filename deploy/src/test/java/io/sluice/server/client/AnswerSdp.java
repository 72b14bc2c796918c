package io.sluice.server.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the client takes from a server's answer; session attributes stand for all sections. */
record AnswerSdp(List<Section> sections) {
    AnswerSdp {
        sections = List.copyOf(sections);
    }

    /**
     * One section.
     *
     * @param codecs encoding names by payload number, in the order of the m-line
     * @param apt payload number of retransmissions to that of the media
     * @param feedback values of {@code a=rtcp-fb}
     * @param extensions URIs by number
     * @param ssrcs as they are first named
     * @param rtxSsrcs media SSRC to that of its retransmissions
     */
    record Section(
            String mid,
            String media,
            int port,
            String direction,
            String ufrag,
            String password,
            String fingerprint,
            String setup,
            boolean rtcpMux,
            List<String> candidates,
            Map<Integer, String> codecs,
            Map<Integer, Integer> apt,
            Set<String> feedback,
            Map<Integer, String> extensions,
            List<Integer> ssrcs,
            Map<Integer, Integer> rtxSsrcs,
            @Nullable String cname) {

        boolean serverSends() {
            return direction.equals("sendonly") || direction.equals("sendrecv");
        }

        boolean serverReceives() {
            return direction.equals("recvonly") || direction.equals("sendrecv");
        }
    }

    static AnswerSdp read(String sdp) {
        List<String> session = new ArrayList<>();
        List<List<String>> media = new ArrayList<>();
        List<String> current = session;
        for (String line : sdp.split("\r?\n", -1)) {
            if (line.startsWith("m=")) {
                current = new ArrayList<>();
                media.add(current);
            }
            current.add(line);
        }
        List<Section> sections = new ArrayList<>();
        for (List<String> lines : media) {
            sections.add(section(lines, session));
        }
        return new AnswerSdp(sections);
    }

    private static Section section(List<String> lines, List<String> session) {
        String[] line = lines.getFirst().substring(2).split(" ", -1);
        Map<Integer, String> codecs = new HashMap<>();
        Map<Integer, Integer> apt = new HashMap<>();
        for (String value : values(lines, "rtpmap:")) {
            int payloadType = Integer.parseInt(value.substring(0, value.indexOf(' ')));
            String name = value.substring(value.indexOf(' ') + 1);
            codecs.put(payloadType, name.substring(0, name.indexOf('/')).toLowerCase(Locale.ROOT));
        }
        for (String value : values(lines, "fmtp:")) {
            int at = value.indexOf("apt=");
            if (at >= 0) {
                apt.put(
                        Integer.parseInt(value.substring(0, value.indexOf(' '))),
                        Integer.parseInt(value.substring(at + 4).trim()));
            }
        }
        Map<Integer, String> extensions = new HashMap<>();
        for (String value : values(lines, "extmap:")) {
            String[] fields = value.split(" ", -1);
            extensions.put(Integer.parseInt(fields[0].replaceFirst("/.*", "")), fields[1]);
        }
        Set<Integer> ssrcs = new LinkedHashSet<>();
        String cname = null;
        for (String value : values(lines, "ssrc:")) {
            String[] fields = value.split(" ", 2);
            ssrcs.add(Integer.parseUnsignedInt(fields[0]));
            if (fields.length > 1 && fields[1].startsWith("cname:")) {
                cname = fields[1].substring("cname:".length());
            }
        }
        Map<Integer, Integer> rtxSsrcs = new HashMap<>();
        for (String value : values(lines, "ssrc-group:FID ")) {
            String[] fields = value.split(" ", -1);
            rtxSsrcs.put(Integer.parseUnsignedInt(fields[0]), Integer.parseUnsignedInt(fields[1]));
        }
        return new Section(
                one(lines, session, "mid:"),
                line[0],
                Integer.parseInt(line[1]),
                direction(lines),
                one(lines, session, "ice-ufrag:"),
                one(lines, session, "ice-pwd:"),
                one(lines, session, "fingerprint:"),
                one(lines, session, "setup:"),
                lines.contains("a=rtcp-mux"),
                values(lines, "candidate:"),
                codecs,
                apt,
                Set.copyOf(values(lines, "rtcp-fb:")),
                extensions,
                List.copyOf(ssrcs),
                rtxSsrcs,
                cname);
    }

    private static String direction(List<String> lines) {
        for (String direction : List.of("sendonly", "recvonly", "inactive")) {
            if (lines.contains("a=" + direction)) {
                return direction;
            }
        }
        return "sendrecv";
    }

    private static List<String> values(List<String> lines, String attribute) {
        String start = "a=" + attribute;
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .toList();
    }

    private static String one(List<String> lines, List<String> session, String attribute) {
        List<String> own = values(lines, attribute);
        List<String> found = own.isEmpty() ? values(session, attribute) : own;
        return found.isEmpty() ? "" : found.getFirst();
    }
}
