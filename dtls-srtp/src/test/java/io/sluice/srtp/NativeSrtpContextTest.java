package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract by libcrypto, which every Debian has; and that both make the same bytes. */
@EnabledOnOs(OS.LINUX)
class NativeSrtpContextTest extends SrtpContextContract {

    private static final int PACKETS = 500;
    private static final int MAX_PAYLOAD_BYTES = 1400;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(21);

    @Override
    SrtpContext open(SrtpKeys keys, SrtpConfig config) {
        return NativeSrtpContext.open(keys, config, new SrtpScratch());
    }

    @Override
    int receiveSsrcs(SrtpContext context) {
        return ((NativeSrtpContext) context).receiveSsrcs();
    }

    @Test
    void shouldBeTakenWhereItIsThere() {
        SrtpKeys keys = Packets.keys(SrtpProfile.AEAD_AES_128_GCM, random);

        try (SrtpContext context = SrtpContexts.open(keys, SrtpConfig.defaults())) {
            assertThat(context).isInstanceOf(NativeSrtpContext.class);
        }
        assertThat(SrtpContexts.implementation()).startsWith("OpenSSL 3");
    }

    @Test
    void shouldNotBeTakenWhereAFunctionIsMissing() {
        SymbolLookup whole = SymbolLookup.libraryLookup("libcrypto.so.3", Arena.global());
        SymbolLookup lacking =
                name -> name.equals("SHA1_Init") ? Optional.empty() : whole.find(name);

        assertThat(LibCrypto.Calls.link(new Linking(whole))).isNotNull();
        assertThat(LibCrypto.Calls.link(new Linking(lacking))).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeAndTakeTheBytesOfJitsiSrtp(SrtpProfile profile) {
        SrtpKeys keys = Packets.keys(profile, random);
        SrtpConfig config = SrtpConfig.defaults();
        SrtpContext ours = open(keys, config);
        SrtpContext theirs = new JitsiSrtpContext(keys, config, new SrtpScratch());
        SrtpContext ourReceiver = open(Packets.otherSide(keys), config);
        for (int i = 0; i < PACKETS; i++) {
            byte[] payload = Packets.bytes(random, random.nextInt(MAX_PAYLOAD_BYTES));
            byte[] packet = Packets.rtp(i % 3, 65_300 + i, payload);
            byte[] report = Packets.receiverReport(i % 3, 8 + 4 * random.nextInt(300));

            byte[] sealed = Packets.protectRtp(theirs, packet);
            assertThat(Packets.protectRtp(ours, packet)).isEqualTo(sealed);
            assertThat(Packets.unprotectRtp(ourReceiver, sealed)).isEqualTo(packet);
            byte[] sealedReport = Packets.protectRtcp(theirs, report);
            assertThat(Packets.protectRtcp(ours, report)).isEqualTo(sealedReport);
            assertThat(Packets.unprotectRtcp(ourReceiver, sealedReport)).isEqualTo(report);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseMemoryThatHasNoAddress(SrtpProfile profile) {
        SrtpContext context = open(Packets.keys(profile, random), SrtpConfig.defaults());
        byte[] packet = Packets.rtp(1, 1, new byte[40]);
        MemorySegment heap = MemorySegment.ofArray(Arrays.copyOf(packet, 2048));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(2048);
            MemorySegment.copy(heap, 0, out, 0, packet.length);

            assertThatThrownBy(() -> context.protectRtp(heap, 0, 20, 0, out, 20, 40))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> context.protectRtp(out, 0, 20, 0, heap, 20, 40))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadNothingBehindTheSharedPayload(SrtpProfile profile) {
        SrtpContext context = open(Packets.keys(profile, random), SrtpConfig.defaults());
        byte[] packet = Packets.rtp(1, 1, new byte[40]);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(2048);
            MemorySegment.copy(MemorySegment.ofArray(packet), 0, out, 0, packet.length);
            MemorySegment payload = arena.allocate(64);

            assertThat(context.protectRtp(out, 0, 20, 0, payload, 30, 40))
                    .isEqualTo(SrtpError.MALFORMED.code());
        }
    }

    @Test
    void shouldKnowTheRightBytesFromWrongOnes() {
        assertThat(LibCryptoSelfTest.failure()).isEmpty();
        assertThat(LibCryptoSelfTest.failure((byte) 1)).isNotEmpty();
    }
}
