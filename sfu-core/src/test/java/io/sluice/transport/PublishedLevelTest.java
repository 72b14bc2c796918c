package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.receive.AudioLevel;
import io.sluice.receive.TrackFormat;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.HeaderExtension;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How loud a track is, as its packets say (RFC 6464). */
final class PublishedLevelTest extends PacketLineFixture {
    private static final byte[] FRAME = {0x78, 1, 2, 3};

    PublishedLevelTest() {
        super(Codec.OPUS);
    }

    private int levelAfterPackets() {
        for (int i = 0; i < 50; i++) {
            send(PUBLISHER_SSRC, MEDIA, 500 + i, i * 960, FRAME);
        }
        return track.audioLevel().at(nowNanos);
    }

    private void levelId(int id) {
        ExtensionMap ids = ExtensionMap.of(Map.of(HeaderExtension.AUDIO_LEVEL, id));
        track.update(new TrackFormat(Codec.OPUS, MEDIA, RTX, true, true, ids, List.of()));
    }

    @Test
    void shouldBeSilentWhereTheDescriptionHasNoLevel() {
        publish();
        assertThat(levelAfterPackets()).isEqualTo(AudioLevel.SILENCE);
    }

    @Test
    void shouldBeReadUnderTheIdOfTheLatestDescription() {
        publish();
        // The letter that the packets carry as their MID now stands for the level.
        levelId(4);
        assertThat(levelAfterPackets()).isEqualTo('1');
    }

    @Test
    void shouldNotBeReadUnderAnIdThatIsTakenBack() {
        publish();
        levelId(4);
        levelId(5);
        assertThat(levelAfterPackets()).isEqualTo(AudioLevel.SILENCE);
    }
}
