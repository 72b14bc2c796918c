package io.sluice.whip;

import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.sdp.MediaSection;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SessionDescription;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Looks at what an offer wants, before anybody joins for it: all of it is answered, or nothing. */
final class OfferedMedia {
    private static final List<Codec> ALL_CODECS = List.of(Codec.values());

    private OfferedMedia() {}

    /**
     * What the sections are for.
     *
     * @param sends whether they have to send; else to receive
     * @throws SdpException if the offer cannot be answered at all
     * @throws UnsupportedOffer if it is not at most one section of audio and one of video, all that way
     */
    static Set<MediaKind> of(SessionDescription offer, boolean sends) {
        Set<MediaKind> kinds = EnumSet.noneOf(MediaKind.class);
        for (MediaSection section : offer.sections()) {
            MediaKind kind = section.kind();
            if (section.stopped()) {
                throw new UnsupportedOffer("A section of the offer is stopped; leave it out.");
            }
            if (kind == null) {
                throw new UnsupportedOffer(
                        "The offer has a section that is neither audio nor video; leave out data"
                                + " channels.");
            }
            if (!kinds.add(kind)) {
                throw new UnsupportedOffer(
                        "The offer has more than one section of audio or of video.");
            }
            boolean fits = sends ? section.direction().sends() : section.direction().receives();
            if (!fits) {
                throw new UnsupportedOffer(
                        sends
                                ? "A section of the offer does not send; offer sendonly."
                                : "A section of the offer does not receive; offer recvonly.");
            }
        }
        if (kinds.isEmpty()) {
            throw new UnsupportedOffer("The offer has no section of audio or video.");
        }
        // A room may take less, but nobody joins it for what no room takes: others would hear of
        // it.
        if (!offer.isAnswerable(ALL_CODECS)) {
            throw noCodec();
        }
        return kinds;
    }

    static UnsupportedOffer noCodec() {
        return new UnsupportedOffer(
                "A section of the offer has no codec that this room takes, or is not of"
                        + " UDP/TLS/RTP/SAVPF.");
    }
}
