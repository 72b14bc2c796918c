package io.sluice.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.MediaKind;
import io.sluice.room.Guise;
import io.sluice.room.LeaveReason;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Permissions;
import io.sluice.room.RoomEnd;
import io.sluice.transport.TrackSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels;
import livekit.LivekitModels.DisconnectReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LiveKitModelsTest {
    @ParameterizedTest
    @EnumSource
    void saysAsWhatAParticipantCame(Guise.Kind kind) {
        ParticipantInfo participant =
                new ParticipantInfo(
                        "PA_eve",
                        "eve",
                        "Eve",
                        "",
                        Map.of(),
                        new Guise(kind, true),
                        Permissions.ALL,
                        true,
                        Instant.EPOCH);
        LivekitModels.ParticipantInfo told =
                LiveKitModels.participant(participant, List.of()).build();
        assertThat(told.getKind().name()).isEqualTo(kind.name());
        assertThat(told.getPermission().getHidden()).isTrue();
    }

    /** What a token allows is said in sources, and its own server takes any word for any track. */
    @Test
    void takesWhatASourceCannotBeAsTheUsualOne() {
        assertThat(LiveKitModels.source(LivekitModels.TrackSource.MICROPHONE, MediaKind.VIDEO))
                .isEqualTo(TrackSource.CAMERA);
        assertThat(LiveKitModels.source(LivekitModels.TrackSource.SCREEN_SHARE, MediaKind.AUDIO))
                .isEqualTo(TrackSource.MICROPHONE);
        assertThat(LiveKitModels.source(LivekitModels.TrackSource.SCREEN_SHARE, MediaKind.VIDEO))
                .isEqualTo(TrackSource.SCREEN_SHARE);
    }

    /** Applications tell by it that nobody wants their users back. */
    @Test
    void saysOfARoomWithPeopleInItThatItWasDeleted() {
        assertThat(LiveKitModels.reason(LeaveReason.ROOM_CLOSED, RoomEnd.DELETED))
                .isEqualTo(DisconnectReason.ROOM_DELETED);
        assertThat(LiveKitModels.reason(LeaveReason.ROOM_CLOSED, null))
                .isEqualTo(DisconnectReason.ROOM_DELETED);
    }
}
