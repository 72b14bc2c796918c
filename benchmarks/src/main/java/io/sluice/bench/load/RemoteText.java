package io.sluice.bench.load;

import io.sluice.dtls.DtlsRole;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Reads what a client needs of an answer or an offer, whichever server wrote it. */
final class RemoteText {
    private RemoteText() {}

    static RemoteSide read(String sdp) {
        List<String> lines = sdp.lines().toList();
        List<RemoteSide.Stream> streams = new ArrayList<>();
        List<String> section = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("m=")) {
                streams(section, streams);
                section.clear();
            }
            section.add(line);
        }
        streams(section, streams);
        return new RemoteSide(
                value(lines, "a=ice-ufrag:"),
                value(lines, "a=ice-pwd:"),
                value(lines, "a=fingerprint:"),
                role(value(lines, "a=setup:")),
                address(lines),
                streams);
    }

    /** RFC 5763 5: an offerer leaves the choice to us, an answerer has made it. */
    private static DtlsRole role(String setup) {
        return setup.equals("active") ? DtlsRole.SERVER : DtlsRole.CLIENT;
    }

    private static void streams(List<String> section, List<RemoteSide.Stream> streams) {
        String first = section.isEmpty() ? "" : section.getFirst();
        boolean video = first.startsWith("m=video");
        boolean sends = section.contains("a=sendonly") || section.contains("a=sendrecv");
        if (!sends || !(video || first.startsWith("m=audio"))) {
            return;
        }
        int[] ssrcs =
                section.stream()
                        .filter(line -> line.startsWith("a=ssrc:"))
                        .map(line -> line.substring("a=ssrc:".length()).split(" ", 2)[0])
                        .mapToInt(Integer::parseUnsignedInt)
                        .distinct()
                        .toArray();
        if (ssrcs.length > 0) {
            streams.add(new RemoteSide.Stream(video, ssrcs[0], ssrcs.length > 1 ? ssrcs[1] : 0));
        }
    }

    private static InetSocketAddress address(List<String> lines) {
        for (String line : lines) {
            String[] fields = line.split(" ", -1);
            if (line.startsWith("a=candidate:")
                    && fields.length >= 8
                    && fields[2].equalsIgnoreCase("udp")
                    && fields[4].startsWith("127.")
                    && fields[7].equals("host")) {
                return new InetSocketAddress(
                        InetAddress.ofLiteral(fields[4]), Integer.parseInt(fields[5]));
            }
        }
        throw new IllegalArgumentException(
                "the server has no UDP candidate on loopback: start the server in development mode");
    }

    private static String value(List<String> lines, String attribute) {
        return lines.stream()
                .filter(line -> line.startsWith(attribute))
                .map(line -> line.substring(attribute.length()))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("the server's SDP has no " + attribute));
    }
}
