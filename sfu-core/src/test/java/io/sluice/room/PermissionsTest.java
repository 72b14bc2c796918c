package io.sluice.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PermissionsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 9223372036854775807",
        "500000, 0, 500000",
        "0, 700000, 700000",
        "500000, 700000, 500000",
        "900000, 700000, 700000"
    })
    void shouldAllowTheLowerBitrateOfTokenAndRoom(long token, long room, long allowed) {
        RoomSettings settings =
                new RoomSettings(2, Duration.ZERO, "", List.of(), true, room, Topology.SFU);

        assertThat(new Permissions(true, true, true, token, Set.of(), false).maxBitrate(settings))
                .isEqualTo(allowed);
    }
}
