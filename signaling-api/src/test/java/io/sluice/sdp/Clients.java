package io.sluice.sdp;

import io.sluice.codec.Codec;
import io.sluice.codec.CodecFormat;
import io.sluice.room.Muting;
import io.sluice.room.Permissions;
import io.sluice.room.TrackDetails;
import io.sluice.room.TrackInfo;
import io.sluice.transport.LocalTransport;
import io.sluice.transport.TrackSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/** What the tests of the negotiator have in common. */
final class Clients {
    static final LocalTransport LOCAL =
            new LocalTransport(
                    "localfrag",
                    "localpasswordlocalpassword",
                    "sha-256 " + "AB:".repeat(31) + "AB",
                    List.of("1 1 udp 2130706431 127.0.0.1 7882 typ host"),
                    "cname0");

    private Clients() {}

    static Negotiator negotiator(long seed) {
        return negotiator(seed, Permissions.ALL);
    }

    static Negotiator negotiator(long seed, Permissions permissions) {
        return new Negotiator(
                NegotiatorConfig.DEFAULT,
                permissions,
                RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
    }

    static TrackInfo audio(String id) {
        return track(id, Codec.OPUS, Map.of("minptime", "10"));
    }

    static TrackInfo video(String id) {
        return track(id, Codec.VP8, Map.of());
    }

    static TrackInfo track(String id, Codec codec, Map<String, String> parameters) {
        CodecFormat format = new CodecFormat(codec, parameters);
        return new TrackInfo(
                "TR_" + id,
                "PA_" + id,
                "who" + id,
                codec.kind(),
                TrackSource.usual(codec.kind()),
                format,
                Muting.NONE);
    }

    /** A track whose publisher has promised another codec, and sends it, too, in {@code backups}. */
    static TrackInfo promised(TrackInfo track, Codec... backups) {
        return new TrackInfo(
                track.trackId(),
                track.participantId(),
                track.identity(),
                track.kind(),
                track.source(),
                track.format(),
                track.muting(),
                TrackDetails.NONE.withBackup(true, ""),
                Stream.of(backups)
                        .map(codec -> new CodecFormat(codec, Map.of()))
                        .map(format -> new TrackInfo.Backup(format, List.of()))
                        .toList());
    }

    /** One track of each codec, two of the first. */
    static void publishAll(Negotiator negotiator) {
        negotiator.trackPublished(audio("a1"));
        negotiator.trackPublished(video("v1"));
        negotiator.trackPublished(audio("a2"));
        negotiator.trackPublished(video("v2"));
        negotiator.trackPublished(track("h", Codec.H264, Map.of("packetization-mode", "1")));
        negotiator.trackPublished(track("9", Codec.VP9, Map.of()));
        negotiator.trackPublished(track("1", Codec.AV1, Map.of()));
    }
}
