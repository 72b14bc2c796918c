package io.sluice.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ice.Slab;
import io.sluice.loop.HistoryConfig;
import io.sluice.loop.KeptPackets;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtpHeaderWriter;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TrackHistoryTest {
    private static final int CAPACITY = 512;

    private final Slab slab = new Slab(4 * CAPACITY);
    private final KeptPackets kept =
            new KeptPackets(slab, HistoryConfig.defaults(), new MediaCounters());
    private final TrackHistory history = new TrackHistory(kept);
    private final RtpPacket view = new RtpPacket();

    @AfterEach
    void everySlotIsFreeAgain() {
        history.clear();
        assertThat(slab.slotsInUse()).isZero();
        slab.close();
    }

    private void keep(int encoding, long sequence) {
        int slot = slab.take();
        RtpHeaderWriter writer = new RtpHeaderWriter();
        writer.begin(slab.memory(), Slab.offset(slot), 64, true, 96, sequence, 0, encoding);
        history.keep(
                TrackSequence.of(encoding, sequence), slot, Slab.offset(slot), writer.end(), 0);
        slab.release(slot);
    }

    private boolean has(int encoding, long sequence) {
        return history.find(TrackSequence.of(encoding, sequence), view);
    }

    @Test
    void shouldFindPacketsOfOneNumberByTheirEncoding() {
        keep(0, 70_000);
        keep(2, 70_000);

        assertThat(has(2, 70_000)).isTrue();
        assertThat(view.ssrc()).isEqualTo(2);
        assertThat(has(0, 70_000)).isTrue();
        assertThat(view.ssrc()).isZero();
        assertThat(has(1, 70_000)).isFalse();
    }

    @Test
    void shouldHoldNoMoreOfThreeEncodingsThanOfOne() {
        for (int i = 0; i < 3 * CAPACITY; i++) {
            keep(i % 3, 70_000 + i / 3);
        }
        assertThat(slab.slotsInUse()).isEqualTo(CAPACITY);
        assertThat(has(0, 70_000 + CAPACITY - 1)).isTrue();
        assertThat(has(2, 70_000 + CAPACITY - 1)).isTrue();
        assertThat(has(2, 70_000)).isFalse();
    }

    @Test
    void shouldTakeFromTheEncodingThatHasMost() {
        keep(0, 70_000);
        for (int i = 0; i < 2 * CAPACITY; i++) {
            keep(1, 80_000 + i);
        }
        assertThat(has(0, 70_000)).isTrue();
        assertThat(slab.slotsInUse()).isEqualTo(CAPACITY);
    }
}
