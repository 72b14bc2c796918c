package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** With padding turned off. */
final class NoPaddingTest extends PacketLineFixture {
    NoPaddingTest() {
        super(Codec.VP8);
    }

    @Override
    boolean pads() {
        return false;
    }

    @Test
    void shouldSendPacketsAsLongAsTheyAre() {
        publish();
        send(PUBLISHER_SSRC, MEDIA, 500, 3_000, KEYFRAME);
        first.next();
        deliver(PUBLISHER_SSRC, MEDIA, 501, 6_000, Arrays.copyOf(INTERFRAME, 20), false);
        deliver(PUBLISHER_SSRC, MEDIA, 502, 6_000, Arrays.copyOf(INTERFRAME, 21), true);
        departures.departAll();

        assertThat(first.next().paddingBytes()).isZero();
        assertThat(first.next().paddingBytes()).isZero();
    }
}
