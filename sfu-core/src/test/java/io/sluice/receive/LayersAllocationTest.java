package io.sluice.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LayersAllocationTest {
    /** Three streams of one spatial layer, two temporal ones in each, with sizes. */
    private static final byte[] SIMULCAST =
            bytes(
                    0x21, 0x54, 40, 100, 0x96, 0x01, 0xac, 0x02, 0xa0, 0x06, 0xd0, 0x0f, 0, 159, 0,
                    89, 30, 1, 63, 0, 179, 30, 2, 127, 1, 103, 30);

    private final LayersAllocation allocation = new LayersAllocation();

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private boolean read(byte... extension) {
        return allocation.read(MemorySegment.ofArray(extension), 0, extension.length);
    }

    @Test
    void shouldReadStreamsWithTheSameLayers() {
        assertThat(read(SIMULCAST)).isTrue();

        assertThat(allocation.spatialMask(0)).isEqualTo(1);
        assertThat(allocation.spatialMask(2)).isEqualTo(1);
        assertThat(allocation.spatialMask(3)).isZero();
        assertThat(allocation.temporalLayers(1, 0)).isEqualTo(2);
        assertThat(allocation.bitrateBps(0, 0, 0)).isEqualTo(40_000);
        assertThat(allocation.bitrateBps(1, 0, 1)).isEqualTo(300_000);
        assertThat(allocation.bitrateBps(2, 0, 1)).isEqualTo(2_000_000);
        assertThat(allocation.width(0, 0)).isEqualTo(160);
        assertThat(allocation.height(2, 0)).isEqualTo(360);
        assertThat(allocation.framesPerSecond(2, 0)).isEqualTo(30);
    }

    @Test
    void shouldReadStreamsWithDifferentLayers() {
        // Two streams: layers 0 and 1 of the first, none of the second; one and three temporal
        // ones.
        assertThat(read(bytes(0x10, 0x30, 0x20, 10, 20, 30, 40))).isTrue();

        assertThat(allocation.spatialMask(0)).isEqualTo(3);
        assertThat(allocation.spatialMask(1)).isZero();
        assertThat(allocation.temporalLayers(0, 0)).isEqualTo(1);
        assertThat(allocation.temporalLayers(0, 1)).isEqualTo(3);
        assertThat(allocation.bitrateBps(0, 1, 2)).isEqualTo(40_000);
        assertThat(allocation.height(0, 1)).isZero();
    }

    @Test
    void shouldReadThatNothingIsSent() {
        read(SIMULCAST);
        assertThat(read(bytes(0))).isTrue();
        assertThat(allocation.spatialMask(0)).isZero();
        assertThat(allocation.known()).isTrue();
    }

    @Test
    void shouldKeepSizesThatAreNotSaidAgain() {
        read(SIMULCAST);
        assertThat(read(Arrays.copyOf(SIMULCAST, 12))).isTrue();
        assertThat(allocation.height(1, 0)).isEqualTo(180);
    }

    @Test
    void shouldNotBelieveHalfOfOne() {
        read(SIMULCAST);
        for (int length = 0; length < SIMULCAST.length; length++) {
            byte[] half = Arrays.copyOf(SIMULCAST, length);
            assertThat(read(half)).as("%d bytes", length).isEqualTo(length == 12);
        }
        assertThat(allocation.bitrateBps(2, 0, 1)).isEqualTo(2_000_000);
        assertThat(read(bytes(0x01, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldReadNothingOutsideWhateverStandsThere(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            byte[] extension = new byte[random.nextInt(40)];
            random.nextBytes(extension);
            // Memory of exactly its length: what reads beyond throws.
            read(extension);
        }
    }
}
