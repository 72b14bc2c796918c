package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link SrtpContext} must do, whatever makes it. */
abstract class SrtpContextContract {

    private static final int SSRC = 0xCAFEBABE;

    /** How late a report may come, one more than that. */
    private static final int BEYOND_WINDOW = 1100;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20);

    abstract SrtpContext open(SrtpKeys keys, SrtpConfig config);

    /** How many SSRCs a context of ours holds. */
    abstract int receiveSsrcs(SrtpContext context);

    @ParameterizedTest
    @EnumSource
    void shouldRestorePacketsOfAllSizes(SrtpProfile profile) {
        Pair pair = pair(profile);
        for (int size = 0; size <= 1400; size += 7) {
            byte[] packet = Packets.rtp(SSRC, size, Packets.bytes(random, size));

            byte[] sealed = Packets.protectRtp(pair.sender, packet);

            assertThat(sealed).hasSize(packet.length + profile.rtpTagBytes());
            assertThat(Packets.unprotectRtp(pair.receiver, sealed)).isEqualTo(packet);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFollowTheRollOverCounter(SrtpProfile profile) {
        Pair pair = pair(profile);
        for (int i = 0; i < 3 * 65_536; i += 64) {
            byte[] packet = Packets.rtp(SSRC, 30_000 + i, new byte[40]);

            byte[] restored =
                    Packets.unprotectRtp(pair.receiver, Packets.protectRtp(pair.sender, packet));

            assertThat(restored).isEqualTo(packet);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakePacketsInAnyOrderAroundTheWrap(SrtpProfile profile) {
        Pair pair = pair(profile);
        List<byte[]> sealed = new ArrayList<>();
        for (int i = 65_516; i < 65_556; i++) {
            sealed.add(Packets.protectRtp(pair.sender, Packets.rtp(SSRC, i, new byte[40])));
        }
        Packets.unprotectRtp(pair.receiver, sealed.removeFirst());
        while (!sealed.isEmpty()) {
            byte[] next = sealed.remove(random.nextInt(sealed.size()));

            assertThat(Packets.unprotectRtp(pair.receiver, next)).hasSize(60);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRepeatTheBytesOfAPlainResend(SrtpProfile profile) {
        Pair pair = pair(profile);
        List<byte[]> packets = new ArrayList<>();
        List<byte[]> sealed = new ArrayList<>();
        for (int i = 65_000; i < 66_000; i++) {
            packets.add(Packets.rtp(SSRC, i, Packets.bytes(random, 100)));
            sealed.add(Packets.protectRtp(pair.sender, packets.getLast()));
        }

        // At once: the JDK's AES-GCM refuses the nonce it has just used. Then far back.
        for (int i : new int[] {999, 999, 0, 0, 535, 536, 999}) {
            assertThat(Packets.protectRtp(pair.sender, packets.get(i))).isEqualTo(sealed.get(i));
        }
        byte[] next = Packets.rtp(SSRC, 66_000, new byte[4]);
        assertThat(Packets.unprotectRtp(pair.receiver, sealed.getFirst())).hasSize(120);
        assertThat(Packets.unprotectRtp(pair.receiver, sealed.get(999))).hasSize(120);
        assertThat(Packets.unprotectRtp(pair.receiver, Packets.protectRtp(pair.sender, next)))
                .isEqualTo(next);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseToSendBeforeTheFirstRollOver(SrtpProfile profile) {
        Pair pair = pair(profile);
        Packets.protectRtp(pair.sender, Packets.rtp(SSRC, 2, new byte[4]));

        refused(
                SrtpError.TOO_OLD,
                () -> Packets.protectRtp(pair.sender, Packets.rtp(SSRC, 65_534, new byte[4])));
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseAJumpThatLooksLikeAnOldPacket(SrtpProfile profile) {
        Pair pair = pair(profile);
        SrtpContext sender = pair.sender;
        // In roll-over 1, so that the index is not negative.
        for (int i : new int[] {50_000, 70_000, 65_536 + 20_000}) {
            Packets.protectRtp(sender, Packets.rtp(SSRC, i, new byte[4]));
        }

        byte[] jumped = Packets.rtp(SSRC, 60_001, new byte[4]);
        refused(SrtpError.TOO_OLD, () -> Packets.protectRtp(sender, jumped));
        byte[] before = Packets.rtp(SSRC, 65_536 + 20_000 - 2048, new byte[4]);
        refused(SrtpError.TOO_OLD, () -> Packets.protectRtp(sender, before));
        byte[] resend = Packets.rtp(SSRC, 65_536 + 20_000 - 2047, new byte[4]);
        assertThat(Packets.protectRtp(sender, resend)).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldProtectNothingWhenItRefuses(SrtpProfile profile) {
        SrtpContext sender = pair(profile).sender;
        Packets.protectRtp(sender, Packets.rtp(SSRC, 20_000, new byte[4]));
        byte[] packet = Packets.rtp(SSRC, 60_001, new byte[40]);
        MemorySegment out = MemorySegment.ofArray(Arrays.copyOf(packet, 2048));

        assertThat(sender.protectRtp(out, 0, 20, 40, out, 0, 0))
                .isEqualTo(SrtpError.TOO_OLD.code());
        assertThat(out.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(Arrays.copyOf(packet, 2048));
    }

    @ParameterizedTest
    @EnumSource
    void shouldCallSizesMalformedThatNoPacketHas(SrtpProfile profile) {
        SrtpContext sender = pair(profile).sender;
        MemorySegment out =
                MemorySegment.ofArray(Arrays.copyOf(Packets.rtp(SSRC, 1, new byte[4]), 4096));
        int[][] sizes = {
            {-1, 0, 0},
            {-1, 1, 4},
            {-1, 25, 0},
            {0, 20, 4},
            {11, 0, 0},
            {20, -1, 4},
            {20, 4, -1},
            {20, Integer.MAX_VALUE, 0},
            {20, 0, Integer.MAX_VALUE},
            {Integer.MIN_VALUE, 0, 0}
        };

        for (int[] size : sizes) {
            assertThat(sender.protectRtp(out, 0, size[0], size[1], out, 64, size[2]))
                    .isEqualTo(SrtpError.MALFORMED.code());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepTheTagWithinTheSlot(SrtpProfile profile) {
        SrtpContext sender = pair(profile).sender;
        int largest = 2048 - 20 - profile.rtpTagBytes();
        assertThat(Packets.protectRtp(sender, Packets.rtp(SSRC, 1, new byte[largest])))
                .hasSize(2048);

        for (int i = 1; i <= profile.rtpTagBytes(); i++) {
            byte[] packet = Packets.rtp(SSRC, 1 + i, new byte[largest + i]);
            refused(SrtpError.MALFORMED, () -> Packets.protectRtp(sender, packet));
        }
        int report = 2048 - profile.rtcpTagBytes() - 4;
        assertThat(Packets.protectRtcp(sender, Packets.receiverReport(SSRC, report))).hasSize(2048);
        refused(
                SrtpError.MALFORMED,
                () -> Packets.protectRtcp(sender, Packets.receiverReport(SSRC, report + 1)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseReplays(SrtpProfile profile) {
        Pair pair = pair(profile);
        List<byte[]> sealed = new ArrayList<>();
        for (int i = 0; i < 1100; i++) {
            sealed.add(Packets.protectRtp(pair.sender, Packets.rtp(SSRC, i, new byte[40])));
            Packets.unprotectRtp(pair.receiver, sealed.getLast());
        }

        refused(SrtpError.REPLAYED, () -> Packets.unprotectRtp(pair.receiver, sealed.get(1099)));
        refused(SrtpError.REPLAYED, () -> Packets.unprotectRtp(pair.receiver, sealed.get(76)));
        refused(SrtpError.TOO_OLD, () -> Packets.unprotectRtp(pair.receiver, sealed.get(75)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeLatePacketsOnce(SrtpProfile profile) {
        Pair pair = pair(profile);
        List<byte[]> sealed = new ArrayList<>();
        for (int i = 65_000; i < 66_100; i++) {
            sealed.add(Packets.protectRtp(pair.sender, Packets.rtp(SSRC, i, new byte[40])));
        }
        Packets.unprotectRtp(pair.receiver, sealed.getFirst());
        Packets.unprotectRtp(pair.receiver, sealed.getLast());
        byte[] late = sealed.get(599);
        byte[] forged = late.clone();
        forged[forged.length - 1] ^= 1;

        refused(SrtpError.AUTHENTICATION, () -> Packets.unprotectRtp(pair.receiver, forged));
        assertThat(Packets.unprotectRtp(pair.receiver, late)).hasSize(60);
        refused(SrtpError.REPLAYED, () -> Packets.unprotectRtp(pair.receiver, late));
        assertThat(Packets.unprotectRtp(pair.receiver, sealed.get(76))).hasSize(60);
        refused(SrtpError.TOO_OLD, () -> Packets.unprotectRtp(pair.receiver, sealed.get(75)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseEveryFlippedBit(SrtpProfile profile) {
        Pair pair = pair(profile);
        byte[] packet = Packets.rtp(SSRC, 5, new byte[20]);
        byte[] sealed = Packets.protectRtp(pair.sender, packet);
        // The first two bytes carry the sizes of the header; they have a test of their own.
        for (int bit = 8; bit < sealed.length * 8; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            assertThatThrownBy(() -> Packets.unprotectRtp(pair.receiver, flipped))
                    .isInstanceOf(Packets.Refused.class);
        }
        assertThat(Packets.unprotectRtp(pair.receiver, sealed)).isEqualTo(packet);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCallPacketsMalformedThatClaimMoreThanThereIs(SrtpProfile profile) {
        Pair pair = pair(profile);
        byte[] sealed = Packets.protectRtp(pair.sender, Packets.rtp(SSRC, 5, new byte[4]));
        byte[] manySources = sealed.clone();
        manySources[0] |= 0x0F;
        byte[] longExtension = sealed.clone();
        longExtension[14] = 1;
        byte[] version1 = sealed.clone();
        version1[0] = 0x50;

        for (byte[] bad : List.of(manySources, longExtension, version1, new byte[0])) {
            refused(SrtpError.MALFORMED, () -> Packets.unprotectRtp(pair.receiver, bad));
        }
        for (int length = 0; length < 20 + profile.rtpTagBytes(); length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            refused(SrtpError.MALFORMED, () -> Packets.unprotectRtp(pair.receiver, cut));
        }
        refused(
                SrtpError.MALFORMED,
                () -> Packets.protectRtp(pair.sender, Packets.rtp(SSRC, 6, new byte[2100])));
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepNoContextForForgedPackets(SrtpProfile profile) {
        Pair pair = pair(profile);
        for (int ssrc = 0; ssrc < 1000; ssrc++) {
            byte[] forged = Packets.rtp(ssrc, random.nextInt(65_536), new byte[40]);
            refused(SrtpError.AUTHENTICATION, () -> Packets.unprotectRtp(pair.receiver, forged));
            byte[] report = Packets.receiverReport(ssrc, 48);
            report[report.length - 4] |= (byte) 0x80;
            report[report.length - 14] |= (byte) 0x80;
            refused(SrtpError.AUTHENTICATION, () -> Packets.unprotectRtcp(pair.receiver, report));
        }

        assertThat(receiveSsrcs(pair.receiver)).isZero();
        byte[] packet = Packets.rtp(SSRC, 9, new byte[40]);
        assertThat(Packets.unprotectRtp(pair.receiver, Packets.protectRtp(pair.sender, packet)))
                .isEqualTo(packet);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBoundTheSsrcsItReceives(SrtpProfile profile) {
        Pair pair = pair(profile);
        int limit = SrtpConfig.defaults().maxReceiveSsrcs();
        for (int ssrc = 0; ssrc < limit; ssrc++) {
            byte[] packet = Packets.rtp(ssrc, 1, new byte[4]);
            Packets.unprotectRtp(pair.receiver, Packets.protectRtp(pair.sender, packet));
        }

        byte[] more = Packets.protectRtp(pair.sender, Packets.rtp(limit, 1, new byte[4]));
        refused(SrtpError.TOO_MANY_SSRCS, () -> Packets.unprotectRtp(pair.receiver, more));
        byte[] known = Packets.protectRtp(pair.sender, Packets.rtp(0, 2, new byte[4]));
        assertThat(Packets.unprotectRtp(pair.receiver, known)).hasSize(24);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBoundTheSsrcsItSends(SrtpProfile profile) {
        SrtpConfig config = new SrtpConfig(64, 2, 10);
        SrtpContext sender = open(Packets.keys(profile, random), config);
        Packets.protectRtp(sender, Packets.rtp(1, 1, new byte[4]));
        Packets.protectRtp(sender, Packets.rtp(2, 1, new byte[4]));
        Packets.protectRtcp(sender, Packets.receiverReport(1, 32));
        Packets.protectRtcp(sender, Packets.receiverReport(2, 32));

        refused(
                SrtpError.TOO_MANY_SSRCS,
                () -> Packets.protectRtp(sender, Packets.rtp(3, 1, new byte[4])));
        refused(
                SrtpError.TOO_MANY_SSRCS,
                () -> Packets.protectRtcp(sender, Packets.receiverReport(3, 32)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotBeginTheRtcpIndexAgain(SrtpProfile profile) {
        SrtpConfig config = new SrtpConfig(64, 64, 3);
        SrtpContext sender = open(Packets.keys(profile, random), config);
        for (int i = 0; i < 3; i++) {
            Packets.protectRtcp(sender, Packets.receiverReport(1, 32));
        }

        refused(SrtpError.CIPHER, () -> Packets.protectRtcp(sender, Packets.receiverReport(1, 32)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldRestoreReportsAndRefuseTheirReplays(SrtpProfile profile) {
        Pair pair = pair(profile);
        List<byte[]> sealed = new ArrayList<>();
        for (int bytes = 8; bytes < 600; bytes += 4) {
            byte[] report = Packets.receiverReport(SSRC, bytes);
            sealed.add(Packets.protectRtcp(pair.sender, report));

            assertThat(sealed.getLast()).hasSize(bytes + profile.rtcpTagBytes() + 4);
            assertThat(Packets.unprotectRtcp(pair.receiver, sealed.getLast())).isEqualTo(report);
        }

        refused(SrtpError.REPLAYED, () -> Packets.unprotectRtcp(pair.receiver, sealed.get(147)));
        refused(SrtpError.REPLAYED, () -> Packets.unprotectRtcp(pair.receiver, sealed.get(100)));
        for (int i = 0; i < BEYOND_WINDOW; i++) {
            byte[] report = Packets.receiverReport(SSRC, 32);
            Packets.unprotectRtcp(pair.receiver, Packets.protectRtcp(pair.sender, report));
        }
        refused(SrtpError.TOO_OLD, () -> Packets.unprotectRtcp(pair.receiver, sealed.getFirst()));
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseReportsThatWereChanged(SrtpProfile profile) {
        Pair pair = pair(profile);
        byte[] report = Packets.receiverReport(SSRC, 32);
        byte[] sealed = Packets.protectRtcp(pair.sender, report);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            assertThatThrownBy(() -> Packets.unprotectRtcp(pair.receiver, flipped))
                    .isInstanceOf(Packets.Refused.class);
        }
        for (int length = 0; length < 12 + profile.rtcpTagBytes(); length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            refused(SrtpError.MALFORMED, () -> Packets.unprotectRtcp(pair.receiver, cut));
        }
        assertThat(Packets.unprotectRtcp(pair.receiver, sealed)).isEqualTo(report);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadNothingBeyondTheMemoryItIsGiven(SrtpProfile profile) {
        Pair pair = pair(profile);
        byte[] sealed = Packets.protectRtp(pair.sender, Packets.rtp(SSRC, 1, new byte[40]));
        byte[] report = Packets.protectRtcp(pair.sender, Packets.receiverReport(SSRC, 32));
        int malformed = SrtpError.MALFORMED.code();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rtp = arena.allocateFrom(ValueLayout.JAVA_BYTE, sealed);
            assertThat(pair.receiver.unprotectRtp(rtp, 0, sealed.length + 1)).isEqualTo(malformed);
            assertThat(pair.receiver.unprotectRtp(rtp, 1, sealed.length)).isEqualTo(malformed);
            MemorySegment rtcp = arena.allocateFrom(ValueLayout.JAVA_BYTE, report);
            assertThat(pair.receiver.unprotectRtcp(rtcp, 0, report.length + 1))
                    .isEqualTo(malformed);
            assertThat(pair.receiver.unprotectRtcp(rtcp, 1, report.length)).isEqualTo(malformed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDoNothingOnceClosed(SrtpProfile profile) {
        Pair pair = pair(profile);
        byte[] sealed = Packets.protectRtp(pair.sender, Packets.rtp(SSRC, 1, new byte[4]));
        pair.sender.close();
        pair.receiver.close();

        refused(SrtpError.CIPHER, () -> Packets.unprotectRtp(pair.receiver, sealed));
        refused(
                SrtpError.CIPHER,
                () -> Packets.protectRtp(pair.sender, Packets.rtp(SSRC, 2, new byte[4])));
        refused(
                SrtpError.CIPHER,
                () -> Packets.protectRtcp(pair.sender, Packets.receiverReport(SSRC, 32)));
    }

    private Pair pair(SrtpProfile profile) {
        SrtpKeys keys = Packets.keys(profile, random);
        SrtpConfig config = SrtpConfig.defaults();
        return new Pair(open(keys, config), open(Packets.otherSide(keys), config));
    }

    private static void refused(SrtpError error, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Packets.Refused.class, e -> assertThat(e.error).isEqualTo(error));
    }

    private record Pair(SrtpContext sender, SrtpContext receiver) {}
}
