package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketIndexTest {

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1",
        "0, 32768, 32768",
        "0, 32769, -32767",
        "65535, 0, 65536",
        "65535, 32766, 98302",
        "65535, 32767, 32767",
        "32768, 0, 0",
        "65536, 65535, 65535",
        "65546, 65535, 65535",
        "98304, 0, 65536",
        "98305, 0, 131072",
        "131071, 0, 131072",
        "131072, 65535, 131071"
    })
    void shouldMeanTheNearestIndex(long highest, int sequence, long expected) {
        PacketIndex index = new PacketIndex();
        index.advance(highest);

        assertThat(index.of(sequence)).isEqualTo(expected);
    }
}
