package io.sluice.sdp;

import io.sluice.codec.MediaKind;
import io.sluice.rtp.TrackSequence;
import io.sluice.sdp.MediaSection.Rid;
import io.sluice.sdp.MediaSection.SsrcGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * The encodings that a section offers to send, as many as are taken of them, in the offer's order.
 *
 * @param rids their names; empty without simulcast
 * @param paused those of {@code rids} that the client does not send at first
 */
record OfferedSimulcast(List<String> rids, List<String> paused) {
    static final OfferedSimulcast NONE = new OfferedSimulcast(List.of(), List.of());

    private static final String SEND = "send";
    private static final String PAUSED = "~";

    OfferedSimulcast {
        rids = List.copyOf(rids);
        paused = List.copyOf(paused);
    }

    /**
     * Reads {@code a=simulcast} (RFC 8853 5.1). Of alternatives the first is taken; what no {@code a=rid}
     * describes is left out.
     */
    static OfferedSimulcast of(MediaSection offered) {
        List<String> rids = new ArrayList<>();
        List<String> paused = new ArrayList<>();
        for (String stream : sendStreams(offered)) {
            String first = stream.split(",", 2)[0];
            boolean isPaused = first.startsWith(PAUSED);
            String id = isPaused ? first.substring(PAUSED.length()) : first;
            if (rids.size() < TrackSequence.ENCODINGS_MAX
                    && !rids.contains(id)
                    && isSent(offered, id)) {
                rids.add(id);
                if (isPaused) {
                    paused.add(id);
                }
            }
        }
        return new OfferedSimulcast(rids, paused);
    }

    private static List<String> sendStreams(MediaSection offered) {
        String simulcast = offered.simulcast();
        List<String> words = simulcast == null ? List.of() : SdpFields.words(simulcast);
        int send = words.indexOf(SEND);
        return send < 0 || send + 1 == words.size()
                ? List.of()
                : List.of(words.get(send + 1).split(";"));
    }

    private static boolean isSent(MediaSection offered, String id) {
        return offered.rids().stream().anyMatch(rid -> rid.sends() && rid.id().equals(id));
    }

    /**
     * The media SSRCs of simulcast without rids ({@code a=ssrc-group:SIM}), as older clients offer it;
     * empty where there is none.
     */
    static List<Integer> ssrcs(MediaSection offered) {
        for (SsrcGroup group : offered.ssrcGroups()) {
            if (group.semantics().equals("SIM") && offered.kind() == MediaKind.VIDEO) {
                return group.ssrcs().stream()
                        .filter(ssrc -> ssrc != 0)
                        .distinct()
                        .limit(TrackSequence.ENCODINGS_MAX)
                        .toList();
            }
        }
        return List.of();
    }

    /** The {@code a=rid} lines of an answer that takes them all. */
    List<Rid> answeredRids() {
        return rids.stream().map(id -> new Rid(id, false, "")).toList();
    }

    /** The value of {@code a=simulcast} in that answer. Who pauses an encoding is told nothing else. */
    String answered() {
        List<String> streams =
                rids.stream().map(id -> paused.contains(id) ? PAUSED + id : id).toList();
        return "recv " + String.join(";", streams);
    }
}
