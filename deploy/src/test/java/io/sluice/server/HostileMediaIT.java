package io.sluice.server;

import static io.sluice.server.hostile.RtpForgery.extended;
import static io.sluice.server.hostile.RtpForgery.ints;
import static io.sluice.server.hostile.RtpForgery.join;
import static io.sluice.server.hostile.RtpForgery.nackEverything;
import static io.sluice.server.hostile.RtpForgery.remb;
import static io.sluice.server.hostile.RtpForgery.rtcp;
import static io.sluice.server.hostile.RtpForgery.rtp;
import static io.sluice.server.hostile.RtpForgery.transportWide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.ice.DatagramDrop;
import io.sluice.rtp.DropReason;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.MediaCount;
import io.sluice.server.client.ClientDoor;
import io.sluice.server.client.ClientStatistics;
import io.sluice.server.client.NativeClient;
import io.sluice.server.hostile.Stranger;
import io.sluice.srtp.SrtpConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** SRTP and SRTCP that mean harm, from strangers and from a participant with valid keys. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileMediaIT {
    private static final long SEED = 20_260_101;
    private static final int BURST = 500;
    private static final int SSRCS = 1 << 16;
    private static final int SSRCS_OF_A_BURST = 1 << 10;
    private static final int MAX_SSRCS_HELD = SrtpConfig.defaults().maxReceiveSsrcs();
    private static final long BETWEEN_BURSTS_NANOS = 10_000_000;

    /** What a busy machine's socket buffer may lose of a flood before the server sees it. */
    private static final double SEEN_SHARE = 0.5;

    @SuppressWarnings("NullAway.Init")
    private Siege siege;

    @BeforeAll
    void begin() throws StartException {
        siege = new Siege();
    }

    @AfterAll
    void end() {
        siege.close();
    }

    private static ClientDoor.Published video(NativeClient client) {
        return client.door().published().stream()
                .filter(ClientDoor.Published::video)
                .findFirst()
                .orElseThrow();
    }

    /** In clear, in order, as the client's own video might look. */
    private static List<byte[]> packets(ClientDoor.Published track, int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(sequence -> rtp(track.payloadType(), sequence, track.ssrc()))
                .toList();
    }

    private static void pause() {
        LockSupport.parkNanos(BETWEEN_BURSTS_NANOS);
    }

    @Test
    void shouldRefuseReplays() {
        NativeClient mallory = siege.silentAttacker("mallory");
        long before = siege.drops(DropReason.REPLAYED);
        siege.withstand(() -> {
            List<byte[]> sent = mallory.door().sendRtp(packets(video(mallory), 1_000, 100));
            for (int i = 0; i < 20; i++) {
                mallory.door().send(sent);
                pause();
            }
            siege.awaitDrops(DropReason.REPLAYED, before + (long) (SEEN_SHARE * 2_000));
        });
    }

    @Test
    void shouldRefuseWrongTagsAtLineRate() {
        NativeClient mallory = siege.silentAttacker("mallory");
        long before = siege.drops(DropReason.UNAUTHENTICATED);
        siege.withstand(() -> {
            List<byte[]> forged = mallory.door().sendRtp(packets(video(mallory), 2_000, BURST));
            for (byte[] packet : forged) {
                packet[2] ^= 0x10;
                packet[packet.length - 1] ^= 1;
            }
            for (int i = 0; i < 60; i++) {
                mallory.door().send(forged);
                pause();
            }
            siege.awaitDrops(DropReason.UNAUTHENTICATED, before + (long) (SEEN_SHARE * 30_000));
        });
    }

    @Test
    void shouldTakeNoMediaFromAThirdPort() {
        ClientDoor.Published honest = video(siege.ada());
        int port = siege.ada().door().ice().remote().getPort();
        long before = siege.drops(DatagramDrop.UNKNOWN_ADDRESS);
        try (Stranger stranger = new Stranger()) {
            siege.withstand(() -> {
                List<byte[]> clear = packets(honest, 1, BURST);
                int left =
                        stranger.flood(
                                port,
                                5_000,
                                50_000,
                                i -> clear.get(i % BURST),
                                () -> siege.drops(DatagramDrop.UNKNOWN_ADDRESS));
                siege.awaitDrops(DatagramDrop.UNKNOWN_ADDRESS, before + left);
            });
        }
    }

    @Test
    void shouldRefuseMoreSsrcsThanAClientMayHave() {
        NativeClient mallory = siege.silentAttacker("mallory");
        ClientDoor.Published track = video(mallory);
        long before = siege.drops(DropReason.TOO_MANY_SSRCS);
        siege.withstand(() -> {
            for (int first = 0; first < SSRCS; first += SSRCS_OF_A_BURST) {
                List<byte[]> packets = new ArrayList<>();
                for (int i = first; i < first + SSRCS_OF_A_BURST; i++) {
                    packets.add(rtp(track.payloadType(), 1, 0x5000_0000 + i));
                }
                mallory.door().sendRtpOnce(packets);
            }
            siege.awaitDrops(
                    DropReason.TOO_MANY_SSRCS,
                    before + (long) (SEEN_SHARE * (SSRCS - MAX_SSRCS_HELD)));
        });
    }

    @Test
    void shouldRefuseMediaThatWasNeverSignalled() {
        NativeClient watcher = siege.watcher("watcher");
        NativeClient mallory = siege.silentAttacker("mallory");
        long before = siege.drops(DropReason.NOT_NEGOTIATED);
        siege.withstand(() -> {
            watcher.door()
                    .sendRtp(IntStream.range(0, 300).mapToObj(i -> rtp(96, i, 0x77)).toList());
            mallory.door()
                    .sendRtp(IntStream.range(0, 300).mapToObj(i -> rtp(127, i, 0x78)).toList());
            // Another's SSRC under one's own keys is but an SSRC of one's own.
            int others = video(siege.ada()).ssrc();
            mallory.door()
                    .sendRtp(IntStream.range(0, 300).mapToObj(i -> rtp(35, i, others)).toList());
            siege.awaitDrops(DropReason.NOT_NEGOTIATED, before + 800);
        });
    }

    @Test
    void shouldRefuseHeadersThatLie() {
        NativeClient mallory = siege.silentAttacker("mallory");
        ClientDoor.Published track = video(mallory);
        int type = track.payloadType();
        int ssrc = track.ssrc();
        long before = siege.drops(DropReason.MALFORMED_RTP);
        List<byte[]> inClear = new ArrayList<>();
        List<byte[]> underKeys = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int sequence = 100 + 10 * i;
            inClear.add(rtp(0x8f, type, sequence, 0, ssrc, new byte[30]));
            inClear.add(rtp(0x90, type, sequence, 0, ssrc, extended(0xbede, 0xffff, new byte[4])));
            inClear.add(rtp(0x80, type, sequence, 0, ssrc, new byte[0]));
            byte[] padded = new byte[20];
            padded[19] = (byte) 200;
            underKeys.add(rtp(0xa0, type, sequence + 1, 0, ssrc, padded));
            underKeys.add(rtp(0xa0, type, sequence + 2, 0, ssrc, new byte[20]));
            padded = padded.clone();
            padded[19] = 20;
            underKeys.add(rtp(0xa0, type, sequence + 3, 0, ssrc, padded));
            underKeys.add(rtp(0x80, type, sequence + 4, 0, ssrc, new byte[0]));
            underKeys.add(rtp(0x80, type, sequence + 5, 0, ssrc, new byte[1_900]));
            underKeys.add(rtp(0x80, type, sequence + 6, 0, ssrc, new byte[] {0x10, 0, 0}));
        }
        long truncated = siege.drops(DatagramDrop.TRUNCATED);
        long unknown = siege.drops(DatagramDrop.UNKNOWN_KIND);
        siege.withstand(() -> {
            mallory.door().send(inClear);
            mallory.door().sendRtp(underKeys);
            byte[] huge = rtp(0x80, type, 1, 0, ssrc, new byte[9_000]);
            byte[] versionOne = rtp(0x40, type, 1, 0, ssrc, new byte[30]);
            mallory.door().send(List.of(huge, versionOne));
            siege.awaitDrops(DropReason.MALFORMED_RTP, before + 200);
            siege.awaitDrops(DatagramDrop.TRUNCATED, truncated + 1);
            siege.awaitDrops(DatagramDrop.UNKNOWN_KIND, unknown + 1);
        });
    }

    @Test
    void shouldBearExtensionsThatLie() {
        NativeClient mallory = siege.silentAttacker("mallory");
        ClientDoor.Published track = video(mallory);
        List<byte[]> packets = new ArrayList<>();
        for (int sequence = 0; sequence < 200; sequence++) {
            byte[] elements = new byte[4 * (1 + sequence % 60)];
            // A length that runs over the end, an element without end, ids nobody negotiated.
            Arrays.fill(elements, (byte) (sequence % 4 == 0 ? 0xff : 0x80 | sequence));
            int profile = sequence % 3 == 0 ? 0x1000 + sequence % 16 : 0xbede;
            byte[] rest = extended(profile, elements.length / 4, elements);
            packets.add(rtp(0x90, track.payloadType(), sequence, sequence, track.ssrc(), rest));
            byte[] noMid = extended(0xbede, 1, new byte[] {(byte) 0x93, 'n', 'o', 0});
            packets.add(rtp(0x90, track.payloadType(), sequence, 0, 0x6000_0001, noMid));
        }
        long before = siege.drops(DropReason.NOT_NEGOTIATED);
        siege.withstand(() -> {
            mallory.door().sendRtp(packets);
            siege.awaitDrops(DropReason.NOT_NEGOTIATED, before + 100);
        });
    }

    @Test
    void shouldBearEncodingsThatLie() {
        NativeClient mallory = siege.attacker(siege.options("mallory").simulcast());
        await().until(() ->
                mallory.statistics().sent().stream().allMatch(sent -> sent.packets() > 0));
        ClientDoor.Published track = video(mallory);
        long before = siege.drops(DropReason.UNKNOWN_ENCODING);
        siege.withstand(() -> {
            for (int encoding = 0; encoding < 3; encoding++) {
                mallory.sending(encoding, encoding == 0);
            }
            mallory.door().sendRtp(encoding(track, 'x', 0x6100_0000, 1, 300));
            // Each takes the encoding over from the one before.
            for (int i = 0; i < 200; i++) {
                mallory.door().sendRtp(encoding(track, 'f', 0x6200_0000 + i, 1, 2));
            }
            // Rounds of numbers, again and again.
            mallory.door().sendRtp(encoding(track, 'h', 0x6300_0000, 0x7fff, 300));
            mallory.door().sendRtp(encoding(track, 'q', 0x6400_0000, 0xffff, 300));
            siege.awaitDrops(DropReason.UNKNOWN_ENCODING, before + 300);
        });
    }

    /** Packets that name an encoding, with numbers that grow by {@code step}. */
    private static List<byte[]> encoding(
            ClientDoor.Published track, char rid, int ssrc, int step, int count) {
        int midId = id(track, HeaderExtension.MID);
        int ridId = id(track, HeaderExtension.RID);
        byte[] names = {
            (byte) (midId << 4), (byte) track.mid().charAt(0), (byte) (ridId << 4), (byte) rid
        };
        byte[] rest = extended(0xbede, 1, names);
        return IntStream.range(0, count)
                .mapToObj(i -> rtp(0x90, track.payloadType(), i * step, i * 3_000, ssrc, rest))
                .toList();
    }

    private static int id(ClientDoor.Published track, HeaderExtension extension) {
        return track.extensions().getOrDefault(extension.uri(), 0);
    }

    @Test
    void shouldRefuseReportsThatLie() {
        NativeClient mallory = siege.watcher("mallory");
        long before = siege.drops(DropReason.MALFORMED_RTCP);
        long truncated = siege.drops(DatagramDrop.TRUNCATED);
        List<byte[]> lies = new ArrayList<>();
        byte[] words = new byte[1_200];
        lies.add(rtcp(31, 200, 1, ints(2, 3)));
        lies.add(rtcp(0, 201, 0xffff, 1, words));
        lies.add(rtcp(31, 202, 1, words));
        Arrays.fill(words, (byte) 0xff);
        // One SDES of 64 KB, items of 255 bytes, XR blocks in blocks, reports of nothing.
        lies.add(rtcp(31, 202, 0x3fff, 1, words));
        lies.add(rtcp(31, 202, 1, words));
        lies.add(rtcp(0, 207, 1, ints(0x0400_ffff, 0x0400_ffff, 0x0400_0000)));
        lies.add(rtcp(15, 205, 1, ints(2, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff)));
        lies.add(rtcp(15, 206, 1, ints(0, 0x52454d42, 0xff03_ffff)));
        // Blocks and packets of no length.
        lies.add(rtcp(0, 201, 0, 0, new byte[8]));
        lies.add(rtcp(2, 207, 1, ints(0x0100_0000, 0, 0x0300_0000, 0)));
        byte[][] empty = new byte[70][];
        Arrays.fill(empty, rtcp(0, 203, 1, new byte[0]));
        lies.add(join(empty));
        siege.withstand(() -> {
            for (int i = 0; i < 100; i++) {
                mallory.door().sendRtcp(lies);
            }
            siege.awaitDrops(DropReason.MALFORMED_RTCP, before + 400);
            // An SDES that has them all.
            mallory.door().sendRtcp(List.of(rtcp(31, 202, 1, new byte[60_000])));
            siege.awaitDrops(DatagramDrop.TRUNCATED, truncated + 1);
            assertThat(mallory.statistics().leftReason()).isNull();
        });
    }

    @Test
    void shouldResendOnlySoMuchToWhoAsksForEverythingForEver() {
        NativeClient mallory = siege.watcher("mallory");
        List<Integer> videos = mallory.door().receivedVideo();
        long before = siege.drops(DropReason.RESEND_UNAVAILABLE);
        long out = packetsOut();
        long startNanos = System.nanoTime();
        siege.withstand(() -> {
            for (int i = 0; i < 100; i++) {
                List<byte[]> nacks = new ArrayList<>();
                for (int ssrc : videos) {
                    for (int from = 0; from < 0x10000; from += 17 * 300) {
                        nacks.add(nackEverything(1, ssrc, from, 300));
                    }
                }
                mallory.door().sendRtcp(nacks);
                pause();
            }
            siege.awaitDrops(DropReason.RESEND_UNAVAILABLE, before + 10_000);
        });
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        // Some 600 a second are the call; 6,400 resends a second to one viewer are the limit.
        assertThat(packetsOut() - out).isLessThan((long) (seconds * 7_500));
    }

    @Test
    void shouldResendAShareOfWhatTheViewerSaysItCanReceive() {
        NativeClient mallory = siege.watcher("mallory");
        List<Integer> videos = mallory.door().receivedVideo();
        long again = resends();
        long startNanos = System.nanoTime();
        siege.withstand(() -> {
            // 300 kbit/s: a quarter of that is for sending again.
            mallory.door().sendRtcp(List.of(remb(1, 3, 37_500)));
            for (int i = 0; i < 100; i++) {
                List<byte[]> nacks = new ArrayList<>();
                for (int ssrc : videos) {
                    for (int from = 0; from < 0x10000; from += 17 * 300) {
                        nacks.add(nackEverything(1, ssrc, from, 300));
                    }
                }
                mallory.door().sendRtcp(nacks);
                pause();
            }
        });
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        // No packet of the call is smaller than 100 bytes, headers included.
        assertThat(resends() - again).isLessThan((long) ((seconds + 2) * 75_000 / 8 / 100));
    }

    private long resends() {
        return counted(MediaCount.RETRANSMISSIONS_SENT);
    }

    private long counted(MediaCount what) {
        return siege.loops().stream().mapToLong(loop -> loop.counters().of(what)).sum();
    }

    @Test
    void shouldBelieveNoFeedbackThatCannotBeTrue() {
        NativeClient mallory = siege.watcher("mallory");
        Random random = new Random(SEED);
        long before = counted(MediaCount.TRANSPORT_FEEDBACK_RECEIVED);
        siege.withstand(() -> {
            for (int i = 0; i < 100; i++) {
                List<byte[]> lies = new ArrayList<>();
                // Of packets that were never sent, run after run.
                lies.add(transportWide(1, random.nextInt(0x10000), 0xffff, i, 0x1fff, new byte[0]));
                lies.add(transportWide(1, i, 300, random.nextInt(1 << 24), 0x212c, new byte[300]));
                // Backwards in time, as far as a delta goes.
                byte[] deltas = new byte[400];
                Arrays.fill(deltas, (byte) 0x80);
                lies.add(transportWide(1, 10 * i, 200, 77, 0x40c8, deltas));
                // A run that has no deltas behind it.
                lies.add(transportWide(1, i, 8_000, 5, 0x3f40, new byte[7]));
                byte[] anything = new byte[random.nextInt(500)];
                random.nextBytes(anything);
                lies.add(
                        transportWide(
                                1,
                                random.nextInt(0x10000),
                                random.nextInt(400),
                                random.nextInt(1 << 24),
                                random.nextInt(0x10000),
                                anything));
                lies.add(remb(1, 63, 0x3ffff));
                lies.add(remb(1, 0, 0));
                mallory.door().sendRtcp(lies);
                pause();
            }
        });
        assertThat(counted(MediaCount.TRANSPORT_FEEDBACK_RECEIVED)).isGreaterThan(before);
    }

    private long packetsOut() {
        return siege.loops().stream().mapToLong(loop -> loop.port().counters().packetsOut()).sum();
    }

    @Test
    void shouldPassFewKeyframeRequestsOfAStormOn() {
        NativeClient mallory = siege.watcher("mallory");
        List<byte[]> storm = new ArrayList<>();
        for (int ssrc : mallory.door().receivedVideo()) {
            for (int i = 0; i < 50; i++) {
                storm.add(rtcp(1, 206, 1, ints(ssrc)));
                storm.add(rtcp(4, 206, 1, ints(0, ssrc, i << 24)));
            }
        }
        long before = pictureLosses();
        long startNanos = System.nanoTime();
        siege.withstand(() -> {
            for (int i = 0; i < 100; i++) {
                mallory.door().sendRtcp(storm);
                pause();
            }
        });
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        assertThat(pictureLosses() - before).isBetween(2L, (long) (5 * seconds) + 2);
    }

    private long pictureLosses() {
        return siege.ada().statistics().sent().stream()
                .mapToLong(ClientStatistics.Sent::pictureLosses)
                .sum();
    }

    @Test
    void shouldHearOfStreamsFromNobodyButTheirOwner() {
        NativeClient mallory = siege.silentAttacker("mallory");
        siege.withstand(() -> {
            List<byte[]> lies = new ArrayList<>();
            for (ClientDoor.Published track : siege.ada().door().published()) {
                int ssrc = track.ssrc();
                lies.add(rtcp(1, 203, ssrc, new byte[0]));
                lies.add(rtcp(0, 200, ssrc, ints(0x7fff_ffff, -1, 5, 1, 1)));
                lies.add(rtcp(1, 201, 1, ints(ssrc, -1, -1, -1, -1, -1)));
                lies.add(nackEverything(1, ssrc, 0, 300));
                lies.add(rtcp(1, 206, 1, ints(ssrc)));
            }
            for (int i = 0; i < 100; i++) {
                mallory.door().sendRtcp(lies);
            }
        });
    }
}
