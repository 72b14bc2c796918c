package io.sluice.sdp;

import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.room.Permissions;
import io.sluice.room.TrackInfo;
import io.sluice.transport.TrackSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is agreed about one section. Immutable, so that an answer that fails leaves nothing behind.
 *
 * @param kind null in a rejected section, and in that of data channels
 * @param rejected whether it was answered with port 0: its place may be taken by another mid
 * @param published null if the client does not send in it, or may not
 * @param forwarded null if nothing is sent to the client in it
 * @param freed whether the last answer still sends in it although its track is gone: the next one must
 *     not send, else the client sees no change and hears of no new track (W3C WebRTC 4.4.1.5)
 * @param receivable the payloads the client can receive in it; empty if it does not receive
 */
record SectionState(
        String mid,
        @Nullable MediaKind kind,
        boolean rejected,
        @Nullable Published published,
        @Nullable Forwarded forwarded,
        boolean freed,
        List<RtpPayload> receivable) {

    /**
     * A track of the client.
     *
     * @param label the client's own id of it in {@code a=msid}: when that changes it is another track
     * @param format what it is sent in: when no decoder for this one takes it any more it is another
     *     track too
     * @param redundant as it was declared
     */
    record Published(
            String trackId,
            String label,
            TrackSource source,
            CodecFormat format,
            boolean redundant) {}

    /**
     * @param format which of the track's formats the client gets
     * @param stream of the client's, that the track is in
     * @param rtxSsrc 0 where RTX was not negotiated
     */
    record Forwarded(TrackInfo track, CodecFormat format, String stream, int ssrc, int rtxSsrc) {
        /** In one stream with all other tracks of its participant. */
        Forwarded(TrackInfo track, CodecFormat format, int ssrc, int rtxSsrc) {
            this(track, format, track.participantId(), ssrc, rtxSsrc);
        }

        Forwarded in(CodecFormat agreed) {
            return new Forwarded(track, agreed, stream, ssrc, rtxSsrc);
        }

        /** Whether a track, as it comes now, still comes in this format. */
        boolean goesOn(TrackInfo now) {
            return now.formats().stream().anyMatch(one -> one.codec() == format.codec());
        }
    }

    static SectionState rejected(String mid) {
        return new SectionState(mid, null, true, null, null, false, List.of());
    }

    /** Data channels: of no kind, and not rejected. */
    static SectionState data(String mid) {
        return new SectionState(mid, null, false, null, null, false, List.of());
    }

    boolean isData() {
        return kind == null && !rejected;
    }

    static SectionState fresh(String mid, MediaKind kind) {
        return new SectionState(mid, kind, false, null, null, false, List.of());
    }

    /** After an answer that did not send: free. */
    SectionState rested() {
        return freed
                ? new SectionState(mid, kind, rejected, published, forwarded, false, receivable)
                : this;
    }

    SectionState forwarding(Forwarded track) {
        return new SectionState(mid, kind, rejected, published, track, false, receivable);
    }

    SectionState withoutTrack() {
        return new SectionState(mid, kind, rejected, published, null, true, receivable);
    }

    /** Without what the client may not do. */
    SectionState within(Permissions permissions) {
        Published allowed =
                published != null && permissions.mayPublish(published.source()) ? published : null;
        boolean ends = forwarded != null && !permissions.canSubscribe();
        return new SectionState(
                mid, kind, rejected, allowed, ends ? null : forwarded, freed || ends, receivable);
    }

    boolean forwards(String trackId) {
        return forwarded != null && forwarded.track().trackId().equals(trackId);
    }

    /** Whether what is forwarded can go on when its track changes to this. */
    boolean goesOn(TrackInfo now) {
        return forwarded != null && forwarded.goesOn(now);
    }

    /** Whether a track could be forwarded here, were the section free. */
    boolean decodes(TrackInfo track) {
        return kind == track.kind() && Codecs.decodable(receivable, track.formats()) != null;
    }

    boolean receives(MediaKind wanted) {
        return kind == wanted && !receivable.isEmpty();
    }
}
