package io.sluice.receive;

import io.sluice.codec.PayloadInfo;
import io.sluice.forward.Fanout;
import io.sluice.forward.SenderClock;
import io.sluice.forward.TrackLayers;
import io.sluice.forward.TrackNews;
import io.sluice.loop.LoopHandoff;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.RtpPacket;
import java.util.Arrays;

/**
 * All viewers of a track: those on the publisher's own loop, fed directly, and those of each other loop
 * behind a {@link Hop}.
 *
 * <p>Owned by the publisher's loop.
 */
final class Fanouts {
    private static final Hop[] NO_HOPS = {};

    private final Fanout own;
    private final boolean isVideo;
    private final DropCounters drops;
    private Hop[] hops = NO_HOPS;
    private boolean closed;

    Fanouts(Fanout own, boolean isVideo, DropCounters drops) {
        this.own = own;
        this.isVideo = isVideo;
        this.drops = drops;
    }

    /** The one of the publisher's own loop. */
    Fanout own() {
        return own;
    }

    /** Feeds the viewers of another loop too. */
    void add(
            LoopHandoff handoff,
            Fanout remote,
            ExtensionMap extensions,
            TrackLayers layers,
            Encoding[] encodings) {
        if (closed) {
            return;
        }
        hops = Arrays.copyOf(hops, hops.length + 1);
        hops[hops.length - 1] = new Hop(handoff, remote, isVideo, drops);
        TrackNews news = remote.news();
        news.extensions(extensions);
        news.layers(layers);
        for (Encoding encoding : encodings) {
            SenderClock clock = encoding.senderClock();
            if (clock != null) {
                news.senderClock(encoding.index(), clock);
            }
        }
    }

    /** Ends {@link #add}. */
    void remove(Fanout remote) {
        hops = Arrays.stream(hops).filter(hop -> hop.fanout() != remote).toArray(Hop[]::new);
    }

    /** Hands one packet to every viewer; {@code info} is overwritten afterwards. */
    void forward(RtpPacket packet, PayloadInfo info, int slot, long sequence, long nowNanos) {
        own.forward(packet, info, sequence, slot, nowNanos);
        for (Hop hop : hops) {
            hop.handOver(packet, info.keyframe(), slot, sequence, nowNanos);
        }
    }

    /** Viewers get the next packet under the number after the last they got. */
    void interrupt() {
        own.interrupt();
        for (Hop hop : hops) {
            hop.interrupt();
        }
    }

    /** The publisher's header extension ids from now on. */
    void extensions(ExtensionMap changed) {
        own.payloads().extensions(changed);
        own.news().extensions(changed);
        for (Hop hop : hops) {
            hop.fanout().news().extensions(changed);
        }
    }

    /**
     * What the publisher sends from now on.
     *
     * @param others whether that is other encodings than before
     */
    void layers(TrackLayers sent, boolean others, long nowNanos) {
        own.news().layers(sent);
        for (Hop hop : hops) {
            hop.fanout().news().layers(sent);
            if (others) {
                hop.open(nowNanos);
            }
        }
    }

    void senderClock(int encoding, SenderClock clock) {
        own.news().senderClock(encoding, clock);
        for (Hop hop : hops) {
            hop.fanout().news().senderClock(encoding, clock);
        }
    }

    /** Whether the publisher sends no keyframe of an encoding when it is asked. */
    void keyframesUnanswered(int encoding, boolean unanswered) {
        own.news().keyframesUnanswered(encoding, unanswered);
        for (Hop hop : hops) {
            hop.fanout().news().keyframesUnanswered(encoding, unanswered);
        }
    }

    /** Takes over whether any viewer wishes for a keyframe of an encoding. */
    boolean takeKeyframeWish(int encoding, long nowNanos) {
        boolean wished = own.takeKeyframeWish(encoding);
        for (Hop hop : hops) {
            wished |= hop.takeKeyframeWish(encoding, nowNanos);
        }
        return wished;
    }

    /** The track is gone: its viewers end, and there will be no more. */
    void close() {
        closed = true;
        hops = NO_HOPS;
        own.close();
    }
}
