package io.sluice.forward;

import io.sluice.codec.Codec;
import io.sluice.codec.MediaKind;
import io.sluice.codec.PayloadInfo;
import io.sluice.ice.Slab;
import io.sluice.loop.Departures;
import io.sluice.loop.Departures.Departing;
import io.sluice.loop.HandoffReceiver;
import io.sluice.loop.KeptPackets;
import io.sluice.rtp.DropCounters;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions to one track that live on one loop, with the payloads that they may need again.
 *
 * <p>Owned by that loop. The publisher's loop forwards to its own fan-out directly and to the others'
 * through {@link io.sluice.loop.LoopHandoff}; what else crosses loops is {@link TrackNews} one way, and the other
 * way what the viewers can use and ask for. Encodings are named by their index.
 */
public final class Fanout implements HandoffReceiver, Departing {
    /** Instead of the number of the packet to begin with: nobody can begin now. */
    static final long NOWHERE = -1;

    /** The rest of a frame comes within this time from most senders; nobody sees so short a wait. */
    private static final long PATIENCE_NANOS = 2_000_000;

    private static final Subscription[] NOBODY = {};

    private final KeptPackets kept;
    private final Codec codec;
    private final Payloads payloads;

    private final TrackNews news;

    /** Of the packet at hand; those of the news are of what comes next. */
    private ExtensionMap currentExtensions;

    /** What the viewers were told of. */
    private TrackLayers currentLayers = TrackLayers.UNKNOWN;

    private final DropCounters drops;
    private final Departures departures;

    /** Only video is sent again: a late audio packet is of no use. */
    private final @Nullable TrackHistory history;

    private final @Nullable KeyframeCache keyframes;

    /** What this turn has brought; made for the first viewer of video. */
    private @Nullable Gathered gathered;

    private final RtpPacket packet = new RtpPacket();
    private final PayloadInfo info = new PayloadInfo();
    private Subscription[] subscriptions = NOBODY;
    private boolean departing;
    private boolean sending;
    private boolean closed;

    private final KeyframeWishes keyframeWishes = new KeyframeWishes();
    private final WantedEncodings wanted = new WantedEncodings();

    /**
     * A fan-out on the loop of {@code kept}.
     *
     * @param sourceExtensions the publisher's header extension ids
     */
    public Fanout(
            KeptPackets kept,
            Codec codec,
            ExtensionMap sourceExtensions,
            DropCounters drops,
            Departures departures) {
        this.departures = departures;
        this.kept = kept;
        this.codec = codec;
        payloads = new Payloads(codec, sourceExtensions);
        news = new TrackNews(sourceExtensions);
        currentExtensions = sourceExtensions;
        this.drops = drops;
        history = codec.kind() == MediaKind.VIDEO ? new TrackHistory(kept) : null;
        keyframes = history == null ? null : new KeyframeCache(history);
    }

    /**
     * Forwards a packet of this loop to every viewer of this loop: audio at once, video with what else
     * comes in the turn.
     *
     * @param slot which the packet lies in; held further if the packet may be needed again
     * @param info what was found in it; overwritten afterwards
     * @param sequence the packet's {@link TrackSequence}
     */
    public void forward(
            RtpPacket packet, PayloadInfo info, long sequence, int slot, long nowNanos) {
        Subscription[] viewers = subscriptions;
        if (viewers.length == 0) {
            return;
        }
        followExtensions();
        followLayers();
        long newest = sequence;
        if (history != null) {
            newest = Math.max(sequence, newest(sequence));
            if (sequence < newest) {
                // Kept before the run has left, a late packet would be caught up with by a viewer
                // who begins in the run, and then be sent again under the same index.
                forwardGathered();
            }
            history.keep(sequence, slot, packet.offset(), packet.lengthBytes(), nowNanos);
        }
        long beginning = beginning(packet, info, sequence);
        if (keyframes != null && beginning != NOWHERE) {
            keyframes.onKeyframe(sequence, beginning, packet.timestamp(), nowNanos);
            holdKeyframe(TrackSequence.encoding(sequence));
        }
        Gathered run = gathered;
        if (history == null || run == null) {
            for (Subscription viewer : viewers) {
                forwardAtOnce(viewer, packet, info, sequence, beginning, nowNanos);
            }
            return;
        }
        if (!departing) {
            departing = true;
            departures.add(this);
        }
        run.add(packet, info, slot, sequence, beginning, newest, nowNanos);
        if (run.isFull()) {
            forwardGathered();
        }
    }

    /** What cannot be had again is kept as long as it is the last one. */
    private void holdKeyframe(int encoding) {
        if (history != null && keyframes != null) {
            boolean alone = news.keyframesUnanswered(encoding);
            history.of(encoding).holdFrom(alone ? keyframes.begin(encoding) : Long.MAX_VALUE);
        }
    }

    /** Sends what was gathered, viewer by viewer: what one viewer gets stands together. */
    @Override
    public void depart() {
        departing = false;
        forwardGathered();
    }

    @Override
    public boolean isPatient(long nowNanos) {
        Gathered run = gathered;
        return run != null
                && run.size() > 0
                && !run.endsFrame()
                && nowNanos - run.arrivalNanos(0) < PATIENCE_NANOS;
    }

    private void forwardGathered() {
        Gathered run = gathered;
        // A viewer that breaks is removed while the others are served: they must not get the run
        // twice.
        if (run == null || run.size() == 0 || sending) {
            return;
        }
        sending = true;
        try {
            run.pad();
            for (Subscription viewer : subscriptions) {
                forwardRun(viewer, run);
            }
            wanted.look(subscriptions, currentLayers.encodings().size(), run.arrivalNanos(0));
        } finally {
            run.clear();
            sending = false;
        }
    }

    /** Has a newcomer begin with a keyframe that is kept, if there is one that does. */
    private void beginEarly(Subscription viewer, Gathered run) {
        for (int i = 0; i < run.size() && keyframes != null; i++) {
            long next = run.sequence(i);
            int encoding = run.encoding(i);
            if (viewer.wants(encoding)) {
                if (next != run.newest(i)) {
                    // It came late: packets that follow it the newcomer has not got, and what it
                    // would begin with may itself be in this run.
                    return;
                }
                boolean alone = news.keyframesUnanswered(encoding);
                long keyframe = keyframes.keyframe(next, alone, run.arrivalNanos(i));
                if (keyframe != NOWHERE && find(keyframe, packet)) {
                    payloads.readAgain(packet, encoding, info);
                    long beginning = keyframes.begin(encoding);
                    long nowNanos = run.arrivalNanos(i);
                    viewer.forward(packet, info, false, keyframe, beginning, next - 1, nowNanos);
                }
                return;
            }
        }
    }

    /** As {@link #forwardAtOnce}, of all that was gathered: a viewer that breaks gets no more of it. */
    private void forwardRun(Subscription viewer, Gathered run) {
        try {
            if (viewer.isNew()) {
                beginEarly(viewer, run);
            }
            forwardWanted(viewer, run);
            viewer.endRun();
        } catch (RuntimeException | Error e) {
            viewer.fail(e);
        }
    }

    private static void forwardWanted(Subscription viewer, Gathered run) {
        if (!run.isMixed() && !viewer.wants(run.encoding(0))) {
            return;
        }
        for (int i = 0; i < run.size(); i++) {
            // Asked again for each: one packet may have the viewer change to another encoding.
            if (!run.isMixed() || viewer.wants(run.encoding(i))) {
                viewer.forward(
                        run.packet(i),
                        run.info(i),
                        run.isPadded(i),
                        run.sequence(i),
                        run.beginning(i),
                        run.newest(i),
                        run.arrivalNanos(i));
            }
        }
    }

    /** The highest number of a packet's encoding that is kept; 0 if there is none. */
    private long newest(long sequence) {
        return history == null ? 0 : history.of(TrackSequence.encoding(sequence)).newest();
    }

    /**
     * With which packet a viewer who waits can begin, now that this one is here: audio with any, video
     * with the first of a keyframe. That may have come late, repaired, after those that follow it; who
     * begins gets these from the history.
     */
    private long beginning(RtpPacket packet, PayloadInfo info, long sequence) {
        if (history == null) {
            return sequence;
        }
        if (!info.keyframe()) {
            return NOWHERE;
        }
        PacketHistory own = history.of(TrackSequence.encoding(sequence));
        if (info.needsParameterSets()) {
            long start = own.frameStart(sequence, packet.timestamp());
            return start == PacketHistory.UNKNOWN ? NOWHERE : start;
        }
        // Too late to be kept: what follows it is let go too, or was before.
        boolean tooLate =
                sequence < own.newest() && (own.find(sequence) < 0 || !own.reachesTo(sequence));
        return tooLate ? NOWHERE : sequence;
    }

    private void followExtensions() {
        ExtensionMap now = news.extensions();
        if (now == currentExtensions) {
            return;
        }
        forwardGathered();
        currentExtensions = now;
        payloads.extensions(now);
        // What is kept has the old ids.
        if (history != null) {
            history.clear();
        }
        for (Subscription viewer : subscriptions) {
            viewer.onSourceExtensions();
        }
    }

    private void followLayers() {
        TrackLayers now = news.layers();
        if (now == currentLayers) {
            return;
        }
        forwardGathered();
        currentLayers = now;
        for (Subscription viewer : subscriptions) {
            viewer.onLayers(now);
        }
    }

    /** What breaks for one viewer ends that viewer, not the publisher nor the viewers after it. */
    private static void forwardAtOnce(
            Subscription viewer,
            RtpPacket packet,
            PayloadInfo info,
            long sequence,
            long beginning,
            long nowNanos) {
        try {
            viewer.forward(packet, info, false, sequence, beginning, sequence, nowNanos);
        } catch (RuntimeException | Error e) {
            viewer.fail(e);
        }
    }

    /** Takes a packet from the publisher's loop: copied once for this loop if it may be needed again. */
    @Override
    public void onHandoff(
            MemorySegment memory,
            long offset,
            int length,
            long sequence,
            long arrivalNanos,
            boolean afterGap) {
        if (closed || subscriptions.length == 0) {
            return;
        }
        if (afterGap) {
            interrupt(TrackSequence.encoding(sequence));
        }
        if (history == null) {
            wrapAndForward(memory, offset, length, sequence, Slab.NONE, arrivalNanos);
            return;
        }
        Slab slab = kept.slab();
        int slot = slab.take();
        if (slot == Slab.NONE) {
            drops.count(DropReason.SLAB_FULL);
            interrupt(TrackSequence.encoding(sequence));
            return;
        }
        try {
            long at = Slab.offset(slot);
            MemorySegment.copy(memory, offset, slab.memory(), at, length);
            wrapAndForward(slab.memory(), at, length, sequence, slot, arrivalNanos);
        } finally {
            slab.release(slot);
        }
    }

    /** Packets of every encoding are missing on our side; as {@link #interrupt(int)}. */
    public void interrupt() {
        for (int encoding = 0; encoding < TrackSequence.ENCODINGS_MAX; encoding++) {
            interrupt(encoding);
        }
    }

    /** Packets are missing on our side: each viewer of the encoding begins anew, without a hole; on this loop. */
    public void interrupt(int encoding) {
        forwardGathered();
        for (Subscription viewer : subscriptions) {
            viewer.interrupt(encoding);
        }
    }

    private void wrapAndForward(
            MemorySegment memory, long offset, int length, long sequence, int slot, long nowNanos) {
        if (!packet.wrap(memory, offset, length)) {
            drops.count(DropReason.MALFORMED_RTP);
            return;
        }
        followExtensions();
        payloads.read(packet, TrackSequence.encoding(sequence), info);
        forward(packet, info, sequence, slot, nowNanos);
    }

    /** What the viewers of this loop hear besides packets; from any thread. */
    public TrackNews news() {
        return news;
    }

    /** What reads the packets of this track on this loop. */
    public Payloads payloads() {
        return payloads;
    }

    /** Adds a viewer; on this loop. */
    public void add(Subscription subscription) {
        forwardGathered();
        followLayers();
        if (gathered == null && history != null) {
            gathered = new Gathered(kept.slab());
        }
        Subscription[] more = Arrays.copyOf(subscriptions, subscriptions.length + 1);
        more[subscriptions.length] = subscription;
        subscriptions = more;
        subscription.onLayers(currentLayers);
    }

    /** Removes a viewer; on this loop. */
    public void remove(Subscription subscription) {
        forwardGathered();
        subscriptions =
                Arrays.stream(subscriptions)
                        .filter(s -> s != subscription)
                        .toArray(Subscription[]::new);
        if (subscriptions.length == 0 && history != null) {
            history.clear();
        }
    }

    /** The track is gone: its viewers end, its packets are let go; on this loop. */
    public void close() {
        forwardGathered();
        closed = true;
        subscriptions = NOBODY;
        if (history != null) {
            history.clear();
        }
    }

    /** Lets go of packets that are too old to be asked for; on this loop, now and then. */
    public void expire(long nowNanos) {
        if (history != null) {
            history.expire(nowNanos);
            // Nothing may come of what the viewers follow.
            followLayers();
            wanted.look(subscriptions, currentLayers.encodings().size(), nowNanos);
        }
    }

    /** Whether any viewer can use an encoding now, as far as is known; from any thread. */
    public boolean wants(int encoding) {
        return wanted.has(encoding);
    }

    /** Somebody needs a keyframe of an encoding; from any thread. */
    public void requestKeyframe(int encoding) {
        keyframeWishes.raise(encoding);
    }

    /** Takes the viewers' wish over; on the publisher's loop. */
    public boolean takeKeyframeWish(int encoding) {
        return keyframeWishes.take(encoding);
    }

    @Nullable TrackHistory history() {
        return history;
    }

    /** Puts a view on a packet that is kept, by its {@link TrackSequence}; false if it is not. */
    boolean find(long sequence, RtpPacket view) {
        return history != null && history.find(sequence, view);
    }

    Codec codec() {
        return codec;
    }

    ExtensionMap sourceExtensions() {
        return currentExtensions;
    }
}
