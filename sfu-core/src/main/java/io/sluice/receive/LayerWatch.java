package io.sluice.receive;

import io.sluice.codec.PayloadInfo;
import io.sluice.forward.EncodingLayers;
import io.sluice.forward.Layer;
import io.sluice.forward.TrackLayers;
import io.sluice.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Knows which encodings of a track come and what layers they have: by what the publisher says of them,
 * else by what is measured.
 *
 * <p>Owned by the publisher's loop.
 */
final class LayerWatch {
    /** An encoding of which nothing came for so long while others went on has ended, or is paused. */
    static final long SILENCE_NANOS = 1_000_000_000;

    /** Who says that nothing is sent, and sends nothing for so long. */
    private static final long PAUSED_NANOS = 100_000_000;

    /** Frames of others in that time: a still picture is sent now and then only, in all its encodings. */
    private static final long OTHERS_FRAMES_MIN = 5;

    /** Rates that differ by less than a fifth are one: viewers are told of changes, not of noise. */
    private static final int NOISE_SHARE = 5;

    /** Of who may say what is sent. */
    private @Nullable LayersAllocation allocation;

    private LayerMeter[] meters = {};
    private long[] framesAtLast = {};
    private boolean[] active = {};
    private List<String> rids = List.of();
    private TrackLayers layers = TrackLayers.UNKNOWN;
    private int allocationId;
    private long frames;
    private boolean changed;

    /**
     * Takes up a description.
     *
     * @param newRids of as many encodings; empty for one
     * @param newAllocationId of the extension, or 0
     */
    void describe(List<String> newRids, int newAllocationId) {
        rids = newRids;
        allocationId = newAllocationId;
        if (allocationId != 0 && allocation == null) {
            allocation = new LayersAllocation();
        }
        int known = meters.length;
        int count = Math.max(1, rids.size());
        if (count > known) {
            meters = Arrays.copyOf(meters, count);
            for (int i = known; i < count; i++) {
                meters[i] = new LayerMeter();
            }
            framesAtLast = Arrays.copyOf(framesAtLast, count);
            active = Arrays.copyOf(active, count);
        }
        changed = true;
    }

    /** Takes notice of a packet, whether it is forwarded or not. */
    void onPacket(int encoding, RtpPacket packet, PayloadInfo info, long nowNanos) {
        meters[encoding].onPacket(packet, info, nowNanos);
        frames += info.frameStart() ? 1 : 0;
        framesAtLast[encoding] = frames;
        LayersAllocation said = allocation;
        if (said != null && allocationId != 0) {
            int bytes = packet.find(allocationId);
            if (bytes != RtpPacket.ABSENT) {
                changed |= said.read(packet.memory(), packet.foundOffset(), bytes);
            }
        }
    }

    /** Whether an encoding came when it was looked at last. */
    boolean isActive(int encoding) {
        return active[encoding];
    }

    /** What comes now, if that is something else than at the last call that did not return null. */
    @Nullable TrackLayers poll(long nowNanos) {
        boolean due = changed;
        changed = false;
        for (int i = 0; i < meters.length; i++) {
            boolean comes = isComing(i, nowNanos);
            due |= comes != active[i];
            active[i] = comes;
            due |= meters[i].measure(nowNanos);
            due |= meters[i].takeResized();
        }
        if (!due) {
            return null;
        }
        TrackLayers now = snapshot();
        if (isSame(layers, now)) {
            return null;
        }
        layers = now;
        return now;
    }

    private boolean isComing(int encoding, long nowNanos) {
        LayerMeter meter = meters[encoding];
        if (!meter.begun()) {
            return false;
        }
        long silenceNanos = nowNanos - meter.lastNanos();
        LayersAllocation said = allocation;
        boolean paused =
                said != null
                        && said.known()
                        && said.spatialMask(encoding) == 0
                        && silenceNanos >= PAUSED_NANOS;
        boolean silent =
                silenceNanos >= SILENCE_NANOS
                        && frames - framesAtLast[encoding] >= OTHERS_FRAMES_MIN;
        return !paused && !silent;
    }

    private TrackLayers snapshot() {
        List<EncodingLayers> encodings = new ArrayList<>();
        for (int i = 0; i < Math.max(1, rids.size()); i++) {
            encodings.add(
                    new EncodingLayers(rids.isEmpty() ? "" : rids.get(i), active[i], layersOf(i)));
        }
        return new TrackLayers(encodings);
    }

    /** Of an encoding that does not come: those that it had. */
    private List<Layer> layersOf(int encoding) {
        LayersAllocation said = allocation != null && allocation.known() ? allocation : null;
        boolean isSent = said != null && said.spatialMask(encoding) != 0;
        boolean ends = !active[encoding] || (said != null && !isSent);
        if (ends && encoding < layers.encodings().size()) {
            List<Layer> before = layers.encodings().get(encoding).layers();
            if (!before.isEmpty()) {
                return before;
            }
        }
        return said != null && isSent ? allocated(said, encoding) : measured(encoding);
    }

    private static List<Layer> allocated(LayersAllocation said, int stream) {
        List<Layer> own = new ArrayList<>();
        int mask = said.spatialMask(stream);
        long belowBps = 0;
        for (int spatial = 0; spatial < LayersAllocation.SPATIAL_MAX; spatial++) {
            if ((mask >>> spatial & 1) == 0) {
                continue;
            }
            int top = said.temporalLayers(stream, spatial) - 1;
            for (int temporal = 0; temporal <= top; temporal++) {
                own.add(
                        new Layer(
                                spatial,
                                temporal,
                                said.width(stream, spatial),
                                said.height(stream, spatial),
                                // Each temporal layer doubles the rate, in every encoder that sends
                                // this.
                                said.framesPerSecond(stream, spatial) >> (top - temporal),
                                belowBps + said.bitrateBps(stream, spatial, temporal)));
            }
            belowBps += said.bitrateBps(stream, spatial, top);
        }
        return own;
    }

    private List<Layer> measured(int encoding) {
        LayerMeter meter = meters[encoding];
        List<Layer> own = new ArrayList<>();
        int topSpatial = meter.highestSpatial();
        int topTemporal = meter.highestTemporal();
        if (topSpatial < 0 && meter.height() != 0) {
            return List.of(new Layer(0, 0, meter.width(), meter.height(), 0, 0));
        }
        for (int spatial = 0; spatial <= topSpatial; spatial++) {
            // Each spatial layer doubles the picture, but where the publisher says otherwise.
            int halvings = topSpatial - spatial;
            for (int temporal = 0; temporal <= topTemporal; temporal++) {
                own.add(
                        new Layer(
                                spatial,
                                temporal,
                                meter.width() >> halvings,
                                meter.height() >> halvings,
                                meter.framesPerSecond(temporal),
                                meter.bitrateBps(spatial, temporal)));
            }
        }
        return own;
    }

    private static boolean isSame(TrackLayers before, TrackLayers now) {
        if (before.encodings().size() != now.encodings().size()) {
            return false;
        }
        for (int i = 0; i < now.encodings().size(); i++) {
            EncodingLayers a = before.encodings().get(i);
            EncodingLayers b = now.encodings().get(i);
            if (a.active() != b.active()
                    || !a.rid().equals(b.rid())
                    || a.layers().size() != b.layers().size()) {
                return false;
            }
            for (int j = 0; j < b.layers().size(); j++) {
                if (!isSame(a.layers().get(j), b.layers().get(j))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isSame(Layer a, Layer b) {
        return a.spatial() == b.spatial()
                && a.temporal() == b.temporal()
                && a.width() == b.width()
                && a.height() == b.height()
                && isClose(a.framesPerSecond(), b.framesPerSecond())
                && isClose(a.bitrateBps(), b.bitrateBps());
    }

    private static boolean isClose(long a, long b) {
        return Math.abs(a - b) * NOISE_SHARE <= Math.max(a, b);
    }
}
