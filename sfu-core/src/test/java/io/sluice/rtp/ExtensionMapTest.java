package io.sluice.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtensionMapTest {

    @Test
    void shouldBeEqualWhereTheIdsAre() {
        ExtensionMap map = ExtensionMap.of(Map.of(HeaderExtension.MID, 4));
        assertThat(map)
                .isEqualTo(ExtensionMap.of(Map.of(HeaderExtension.MID, 4)))
                .hasSameHashCodeAs(ExtensionMap.of(Map.of(HeaderExtension.MID, 4)))
                .isNotEqualTo(ExtensionMap.of(Map.of(HeaderExtension.MID, 5)))
                .isNotEqualTo(ExtensionMap.EMPTY);
    }

    @Test
    void shouldKnowTheIdOfEachExtension() {
        ExtensionMap map =
                ExtensionMap.of(Map.of(HeaderExtension.MID, 4, HeaderExtension.RID, 255));
        assertThat(map.id(HeaderExtension.MID)).isEqualTo(4);
        assertThat(map.id(HeaderExtension.RID)).isEqualTo(255);
        assertThat(map.id(HeaderExtension.AUDIO_LEVEL)).isZero();
        assertThat(ExtensionMap.of(Map.of())).isSameAs(ExtensionMap.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 256})
    void shouldRefuseIdsThatNoPacketCanCarry(int id) {
        assertThatThrownBy(() -> ExtensionMap.of(Map.of(HeaderExtension.MID, id)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseOneIdForTwo() {
        assertThatThrownBy(() ->
                        ExtensionMap.of(Map.of(HeaderExtension.MID, 1, HeaderExtension.RID, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
