package io.sluice.transport;

import io.sluice.bandwidth.BandwidthConfig;
import io.sluice.codec.Codec;
import io.sluice.forward.CongestionControl;
import io.sluice.forward.CongestionSetup;
import io.sluice.loop.FineTicks;
import io.sluice.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A line whose viewers may be sent no more than so much a second. */
abstract class PacedLineFixture extends PacketLineFixture {
    static final long MS = 1_000_000;
    static final int TRANSPORT_SEQUENCE = 3;
    static final int PAYLOAD_BYTES = 1_000;

    /** What a packet of that payload adds to: headers, tag, UDP and IP. */
    static final int PACKET_BYTES = 1_068;

    /** What every path is taken to carry at first, and what is known of it where something is. */
    static final long START = 1_000_000;

    static final long KNOWN = 800_000;

    final List<SetEstimator> estimators = new ArrayList<>();
    int packetsSent;
    int frames;

    PacedLineFixture() {
        super(Codec.VP8);
    }

    @Override
    CongestionSetup setup() {
        return new CongestionSetup(
                (config, _) -> {
                    SetEstimator estimator = new SetEstimator(config.start());
                    estimators.add(estimator);
                    return estimator;
                },
                BandwidthConfig.defaults().startingAt(START),
                new FineTicks(() -> {}, defects::add),
                estimates);
    }

    /** Of the first viewer. */
    SetEstimator estimator() {
        return estimators.getFirst();
    }

    void publishToAKnownPath() {
        publish();
        Objects.requireNonNull(first.egress.congestion(nowNanos)).onRemb(KNOWN, nowNanos);
    }

    CongestionControl control() {
        return Objects.requireNonNull(first.egress.congestion());
    }

    /** A frame of so many packets. */
    void sendFrame(boolean keyframe, int packets) {
        int timestamp = 3_000 * frames++;
        for (int i = 0; i < packets; i++) {
            byte[] payload =
                    Arrays.copyOf(keyframe ? KEYFRAME : INTERFRAME, PAYLOAD_BYTES - packetsSent);
            payload[0] = (byte) (i == 0 ? 0x10 : 0);
            payload[payload.length - 1] = (byte) packetsSent;
            boolean last = i == packets - 1;
            deliver(PUBLISHER_SSRC, MEDIA, packetsSent++, timestamp, payload, last);
        }
        departures.departAll();
    }

    /** Lets time pass as a loop does. */
    void pass(long millis) {
        for (long end = nowNanos + millis * MS; nowNanos < end; ) {
            nowNanos += 2 * MS;
            if (nowNanos / MS % 10 < 2) {
                control().onTick(nowNanos);
            }
            boolean _ = control().onFineTick(nowNanos);
        }
    }

    List<RtpPacket> received(int ssrc) {
        List<RtpPacket> packets = new ArrayList<>();
        while (first.waiting() > 0) {
            RtpPacket packet = first.next();
            if (packet.ssrc() == ssrc) {
                packets.add(packet);
            }
        }
        return packets;
    }

    List<RtpPacket> media() {
        return received(first.subscription.ssrc());
    }
}
