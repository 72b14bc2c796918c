package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.codec.MediaKind;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.receive.TrackFormat;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.ExtensionMap;
import io.sluice.rtp.RtpPacket;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Opus with redundancy (RFC 2198): passed to who takes it, stripped for who does not. */
final class RedundantAudioLineTest extends PacketLineFixture {
    private static final int RED = 63;
    private static final int VIEWERS_RED = 120;

    /** An earlier frame of three bytes, and the packet's own of two. */
    private static final byte[] REDUNDANT = HexFormat.of().parseHex("ef0f00036f010203aabb");

    /** The same for a viewer who knows Opus as 100. */
    private static final byte[] VIEWERS = HexFormat.of().parseHex("e40f000364010203aabb");

    private static final byte[] PRIMARY = HexFormat.of().parseHex("aabb");

    RedundantAudioLineTest() {
        super(Codec.OPUS);
    }

    private void publishRedundant() {
        publish();
        track.update(
                new TrackFormat(
                        Codec.OPUS, MEDIA, -1, RED, false, false, ExtensionMap.EMPTY, List.of()));
        first.subscription.update(
                new SubscriptionFormat(
                        "2", 100, 101, VIEWERS_RED, 0xAAAA0001, 0, false, extensions(9, 7)));
    }

    @Test
    void shouldPassItToWhoTakesItAndStripItForWhoDoesNot() {
        publishRedundant();
        send(PUBLISHER_SSRC, RED, 500, 48_000, REDUNDANT);

        RtpPacket passed = first.next();
        assertThat(passed.payloadType()).isEqualTo(VIEWERS_RED);
        assertThat(payload(passed)).as("with its own numbers").isEqualTo(VIEWERS);
        RtpPacket stripped = second.next();
        assertThat(stripped.payloadType()).isEqualTo(120);
        assertThat(payload(stripped)).isEqualTo(PRIMARY);
    }

    @Test
    void shouldGoOnWithoutItInOneStream() {
        publishRedundant();
        send(PUBLISHER_SSRC, RED, 500, 48_000, REDUNDANT);
        send(PUBLISHER_SSRC, MEDIA, 501, 48_960, PRIMARY);
        int before = first.next().sequence();
        RtpPacket plain = first.next();
        assertThat(plain.payloadType()).isEqualTo(100);
        assertThat(plain.sequence()).isEqualTo(before + 1);
        assertThat(payload(plain)).isEqualTo(PRIMARY);
    }

    @Test
    void shouldDropWhatIsNotAsItShouldBe() {
        publishRedundant();
        send(PUBLISHER_SSRC, RED, 500, 48_000, HexFormat.of().parseHex("ef03ffff6f01"));
        assertThat(drops.of(DropReason.MALFORMED_PAYLOAD)).isEqualTo(1);
        assertThat(first.waiting()).isZero();
    }

    @Test
    void shouldLearnAnSsrcFromARedundantPacket() {
        NegotiatedCodec codec =
                new NegotiatedCodec(
                        new CodecFormat(Codec.OPUS, Map.of()),
                        MEDIA,
                        -1,
                        RED,
                        false,
                        false,
                        true,
                        false);
        ReceiveSection section =
                new ReceiveSection(
                        "1",
                        "TR_1",
                        MediaKind.AUDIO,
                        TrackSource.MICROPHONE,
                        List.of(codec),
                        Map.of(),
                        Map.of(),
                        List.of());
        publishRedundant();
        ingress.routes(List.of(new ReceiveRoute(section, track)), server);
        send(777, RED, 500, 48_000, REDUNDANT);
        assertThat(payload(second.next())).isEqualTo(PRIMARY);
    }

    @Test
    void shouldRefuseWhatWasNotNegotiated() {
        publish();
        send(PUBLISHER_SSRC, RED, 500, 48_000, REDUNDANT);
        assertThat(drops.of(DropReason.WRONG_PAYLOAD_TYPE)).isEqualTo(1);
    }
}
