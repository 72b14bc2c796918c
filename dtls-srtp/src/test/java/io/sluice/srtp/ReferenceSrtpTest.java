package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The RFCs' vectors hold for the reference, and the reference for whole packets of ours. */
class ReferenceSrtpTest {

    private static final byte[] KEY_128 = hex("000102030405060708090a0b0c0d0e0f");
    private static final byte[] KEY_256 =
            hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    private static final byte[] SALT = hex("517569642070726f2071756f");
    private static final byte[] RTP =
            hex(
                    "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e6973"
                            + "206469766973612069"
                            + "6e207061727465732074726573");
    private static final byte[] RTCP =
            hex(
                    "81c8000d4d6172734e5450314e545032525450200000042a0000e930"
                            + "4c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef");

    @Test
    void shouldDeriveTheKeysOfRfc3711AppendixB3() throws GeneralSecurityException {
        byte[] key = hex("e1f97a0d3e018be0d64fa32c06de4139");
        byte[] salt = hex("0ec675ad498afeebb6960b3aabe6");

        assertThat(ReferenceSrtp.derive(key, salt, ReferenceSrtp.RTP_KEY, 16))
                .isEqualTo(hex("c61e7a93744f39ee10734afe3ff7a087"));
        assertThat(ReferenceSrtp.derive(key, salt, ReferenceSrtp.RTP_SALT, 14))
                .isEqualTo(hex("30cbbc08863d8c85d49db34a9ae1"));
        assertThat(ReferenceSrtp.derive(key, salt, ReferenceSrtp.RTP_AUTHENTICATION, 20))
                .isEqualTo(hex("cebe321f6ff7716b6fd4ab49af256a156d38baa4"));
    }

    @Test
    void shouldEncryptThePacketsOfRfc7714Section16() throws GeneralSecurityException {
        assertThat(ReferenceSrtp.rtpGcm(KEY_128, SALT, RTP, 0))
                .isEqualTo(
                        hex(
                                "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd5"
                                        + "0d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf"
                                        + "765ee4390cce"));
        assertThat(ReferenceSrtp.rtpGcm(KEY_256, SALT, RTP, 0))
                .isEqualTo(
                        hex(
                                "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab1801238"
                                        + "9a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb"
                                        + "7878d7a76c13"));
    }

    @Test
    void shouldEncryptThePacketsOfRfc7714Section17() throws GeneralSecurityException {
        assertThat(ReferenceSrtp.rtcpGcm(KEY_128, SALT, RTCP, 0x5d4))
                .isEqualTo(
                        hex(
                                "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32d"
                                        + "c676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2f"
                                        + "c5abf87245d9eade800005d4"));
        assertThat(ReferenceSrtp.rtcpGcm(KEY_256, SALT, RTCP, 0x5d4))
                .isEqualTo(
                        hex(
                                "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50"
                                        + "a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f"
                                        + "57ff6f6cb26ac3be800005d4"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldProtectRtpAsTheReferenceDoes(SrtpProfile profile) throws GeneralSecurityException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        SrtpKeys keys = Packets.keys(profile, random);
        try (SrtpContext context = SrtpContexts.open(keys, SrtpConfig.defaults())) {
            for (int i = 0; i < 200; i++) {
                int sequence = 65_436 + i;
                byte[] packet = Packets.rtp(7, sequence, Packets.bytes(random, i * 6));

                assertThat(Packets.protectRtp(context, packet))
                        .isEqualTo(
                                ReferenceSrtp.protectRtp(
                                        profile,
                                        keys.sendKey(),
                                        keys.sendSalt(),
                                        packet,
                                        sequence >>> 16));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldProtectRtcpAsTheReferenceDoes(SrtpProfile profile) throws GeneralSecurityException {
        SrtpKeys keys =
                Packets.keys(profile, RandomGeneratorFactory.of("L64X128MixRandom").create(2));
        try (SrtpContext context = SrtpContexts.open(keys, SrtpConfig.defaults())) {
            for (int index = 0; index < 100; index++) {
                byte[] packet = Packets.receiverReport(7, 8 + 4 * index);

                assertThat(Packets.protectRtcp(context, packet))
                        .isEqualTo(
                                ReferenceSrtp.protectRtcp(
                                        profile, keys.sendKey(), keys.sendSalt(), packet, index));
            }
        }
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
