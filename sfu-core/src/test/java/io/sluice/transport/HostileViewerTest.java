package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bandwidth.BandwidthConfig;
import io.sluice.bandwidth.SendSideEstimator;
import io.sluice.codec.Codec;
import io.sluice.forward.Allocation;
import io.sluice.forward.CongestionControl;
import io.sluice.forward.CongestionSetup;
import io.sluice.forward.ViewerWish;
import io.sluice.loop.FineTicks;
import io.sluice.loop.LayerCeiling;
import io.sluice.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A viewer that changes its mind a thousand times a second, and lies about what its network carries: who
 * watches the same beside it sees all of it, and it costs no more than a bounded number of decisions.
 */
final class HostileViewerTest extends PacketLineFixture {
    private static final BandwidthConfig CONFIG = BandwidthConfig.defaults();
    private static final long MILLI = 1_000_000;
    private static final int SECONDS = 5;
    private static final int PACKETS_PER_FRAME = 4;
    private static final int PAYLOAD_BYTES = 900;
    private static final int TICKS_PER_SECOND = 100;

    private final List<Integer> granted = new ArrayList<>();
    private final Allocation allocation =
            new Allocation((_, encoding) -> granted.add(encoding), new LayerCeiling());
    private final Allocation othersAllocation = new Allocation((_, _) -> {}, new LayerCeiling());
    private int packets;

    HostileViewerTest() {
        super(Codec.VP8);
        betweenPacketsNanos = 0;
    }

    @Override
    CongestionSetup setup() {
        return new CongestionSetup(
                SendSideEstimator::new, CONFIG, new FineTicks(() -> {}, defects::add), estimates);
    }

    private void sendFrame(boolean keyframe) {
        for (int i = 0; i < PACKETS_PER_FRAME; i++) {
            byte[] payload = Arrays.copyOf(keyframe ? KEYFRAME : INTERFRAME, PAYLOAD_BYTES);
            payload[0] = (byte) (i == 0 ? 0x10 : 0);
            deliver(
                    PUBLISHER_SSRC,
                    MEDIA,
                    packets,
                    3_000 * (packets / PACKETS_PER_FRAME),
                    payload,
                    i == PACKETS_PER_FRAME - 1);
            packets++;
        }
        departures.departAll();
    }

    private void lie(Random wild) {
        CongestionControl control = Objects.requireNonNull(first.egress.congestion());
        switch (wild.nextInt(4)) {
            case 0 -> control.onRemb(Long.MAX_VALUE, nowNanos);
            case 1 -> control.onRemb(0, nowNanos);
            case 2 -> control.onLossReport(1_000, 1_000, nowNanos);
            default -> first.subscription.onNack(wild.nextInt(1 << 16), 0xffff, nowNanos);
        }
        first.subscription.want(
                new ViewerWish(
                        wild.nextBoolean(),
                        wild.nextInt(1, 2_000),
                        wild.nextInt(1, 60),
                        wild.nextInt(256)));
    }

    private void pace(Viewer viewer) {
        CongestionControl control = viewer.egress.congestion();
        if (control != null) {
            boolean _ = control.onFineTick(nowNanos);
        }
    }

    private void tick() {
        allocation.onTick(first.egress, nowNanos);
        first.egress.onTick(allocation.demandBps(), nowNanos);
        othersAllocation.onTick(second.egress, nowNanos);
        second.egress.onTick(othersAllocation.demandBps(), nowNanos);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldMoveNobodyElse(long seed) {
        Random wild = new Random(seed);
        publish();
        allocation.add(first.subscription);
        othersAllocation.add(second.subscription);
        tick();
        List<Integer> received = new ArrayList<>();
        for (int milli = 0; milli < SECONDS * 1_000; milli++) {
            nowNanos += MILLI;
            if (milli % 33 == 0) {
                // Whoever asks for keyframes gets one a second.
                sendFrame(milli % 990 == 0);
            }
            lie(wild);
            if (milli % 10 == 0) {
                tick();
            }
            if (milli % 2 == 0) {
                pace(first);
                pace(second);
            }
            assertThat(first.egress.targetBitsPerSecond())
                    .isBetween(CONFIG.floor(), CONFIG.ceiling());
            while (second.waiting() > 0) {
                RtpPacket packet = second.next();
                if (packet.payloadBytes() > 0) {
                    received.add(packet.sequence());
                }
            }
        }

        assertThat(received).hasSize(packets);
        for (int i = 1; i < received.size(); i++) {
            assertThat(received.get(i)).isEqualTo((received.get(i - 1) + 1) & 0xffff);
        }
        assertThat(granted.size()).as("decisions").isLessThanOrEqualTo(SECONDS * TICKS_PER_SECOND);
    }
}
