package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Received SSRCs that are let go, and some that come back. */
abstract class ForgottenSsrcsContract {

    private static final int SSRC = 0xCAFEBABE;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(21);
    private SrtpKeys keys = Packets.keys(SrtpProfile.AEAD_AES_128_GCM, random);
    private SrtpContext sender = SrtpContexts.open(keys, SrtpConfig.defaults());
    private SrtpContext receiver = receiver(Packets.otherSide(keys));

    abstract SrtpContext receiver(SrtpKeys keys);

    abstract int receiveSsrcs(SrtpContext context);

    private void open(SrtpProfile profile) {
        keys = Packets.keys(profile, random);
        sender = SrtpContexts.open(keys, SrtpConfig.defaults());
        receiver = receiver(Packets.otherSide(keys));
    }

    private byte[] sealed(int ssrc, int sequence) {
        return Packets.protectRtp(sender, Packets.rtp(ssrc, sequence, new byte[40]));
    }

    private byte[] sealedReport(int ssrc) {
        return Packets.protectRtcp(sender, Packets.receiverReport(ssrc, 32));
    }

    private static void replayed(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Packets.Refused.class,
                        e -> assertThat(e.error).isIn(SrtpError.REPLAYED, SrtpError.TOO_OLD));
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeAnyNumberOfStreamsOneAfterTheOther(SrtpProfile profile) {
        open(profile);
        for (int ssrc = 0; ssrc < 200; ssrc++) {
            assertThat(Packets.unprotectRtp(receiver, sealed(ssrc, 7))).hasSize(60);
            assertThat(Packets.unprotectRtcp(receiver, sealedReport(ssrc))).hasSize(32);
            int now = ssrc;
            receiver.retainReceived(wanted -> wanted == now);
            assertThat(receiveSsrcs(receiver)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhatWasTakenBeforeAStreamWasForgotten(SrtpProfile profile) {
        open(profile);
        List<byte[]> before = new ArrayList<>();
        List<byte[]> reports = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            before.add(sealed(SSRC, 40_000 + i));
            Packets.unprotectRtp(receiver, before.getLast());
            reports.add(sealedReport(SSRC));
            Packets.unprotectRtcp(receiver, reports.getLast());
        }
        receiver.retainReceived(_ -> false);

        for (byte[] packet : before) {
            replayed(() -> Packets.unprotectRtp(receiver, packet));
        }
        for (byte[] report : reports) {
            replayed(() -> Packets.unprotectRtcp(receiver, report));
        }
        assertThat(receiveSsrcs(receiver)).isZero();
        assertThat(Packets.unprotectRtp(receiver, sealed(SSRC, 40_101))).hasSize(60);
        assertThat(Packets.unprotectRtp(receiver, sealed(SSRC, 40_100))).hasSize(60);
        replayed(() -> Packets.unprotectRtp(receiver, before.getLast()));
        assertThat(Packets.unprotectRtcp(receiver, sealedReport(SSRC))).hasSize(32);
        replayed(() -> Packets.unprotectRtcp(receiver, reports.getLast()));
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnWithTheRollOverCounterOfAStreamThatComesBack(SrtpProfile profile) {
        open(profile);
        for (int i = 0; i < 2 * 65_536 + 65_000; i += 500) {
            Packets.unprotectRtp(receiver, sealed(SSRC, i));
        }
        receiver.retainReceived(_ -> false);
        // A forged packet of a stranger takes the spare context and leaves it.
        byte[] forged = Packets.rtp(1, 5, new byte[40]);
        assertThatThrownBy(() -> Packets.unprotectRtp(receiver, forged))
                .isInstanceOf(Packets.Refused.class);

        assertThat(Packets.unprotectRtp(receiver, sealed(SSRC, 3 * 65_536 + 3))).hasSize(60);
        assertThat(Packets.unprotectRtp(receiver, sealed(SSRC, 3 * 65_536 - 1))).hasSize(60);
        assertThat(Packets.unprotectRtp(receiver, sealed(SSRC, 3 * 65_536 + 9))).hasSize(60);
        assertThat(Packets.unprotectRtp(receiver, sealed(2, 65_535))).hasSize(60);
    }

    @Test
    void shouldForgetNoMoreThanItRemembers() {
        int limit = ForgottenSsrcs.MAX_SSRCS;
        for (int ssrc = 0; ssrc <= limit; ssrc++) {
            Packets.unprotectRtp(receiver, sealed(ssrc, 7));
            receiver.retainReceived(_ -> false);
        }

        assertThat(receiveSsrcs(receiver)).isEqualTo(1);
        // The first is remembered, and may be let go again.
        Packets.unprotectRtp(receiver, sealed(0, 8));
        receiver.retainReceived(_ -> false);
        assertThat(receiveSsrcs(receiver)).isEqualTo(1);
    }
}
