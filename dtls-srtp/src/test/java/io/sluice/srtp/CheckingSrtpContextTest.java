package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class CheckingSrtpContextTest {

    private static final int SSRC = 77;

    private final SrtpContext context =
            new CheckingSrtpContext(
                    SrtpContexts.open(
                            Packets.keys(
                                    SrtpProfile.AEAD_AES_128_GCM,
                                    RandomGeneratorFactory.of("L64X128MixRandom").create(3)),
                            SrtpConfig.defaults()));

    @Test
    void shouldAllowResendsOfTheSameBytes() {
        byte[] first = send(65_530, 1);
        for (int sequence = 65_531; sequence < 65_600; sequence++) {
            send(sequence, 1);
        }

        assertThat(send(65_530, 1)).isEqualTo(first);
    }

    @Test
    void shouldAllowGapsToBeFilledLate() {
        send(10, 1);
        send(20, 1);

        assertThat(send(15, 2)).isNotEmpty();
    }

    @Test
    void shouldThrowWhenAnIndexProtectsAnotherPayload() {
        send(10, 1);
        send(11, 1);

        assertThatThrownBy(() -> send(10, 2)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldThrowWhenAnIndexProtectsAnotherHeader() {
        byte[] packet = Packets.rtp(SSRC, 10, new byte[8]);
        Packets.protectRtp(context, packet);
        packet[1] ^= (byte) 0x80;

        assertThatThrownBy(() -> Packets.protectRtp(context, packet))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldThrowWhenAnSsrcBeginsAgain() {
        send(20_000, 1);

        assertThatThrownBy(() -> send(1_000, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldTellTheSameNumbersOfDifferentRollOversApart() {
        for (int sequence = 0; sequence < 200_000; sequence += 1_000) {
            assertThat(send(sequence, sequence)).isNotEmpty();
        }
    }

    private byte[] send(int sequence, int content) {
        byte[] payload = {(byte) (content >> 16), (byte) (content >> 8), (byte) content, 0};
        return Packets.protectRtp(context, Packets.rtp(SSRC, sequence, payload));
    }
}
