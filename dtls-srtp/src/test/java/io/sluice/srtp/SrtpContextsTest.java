package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.random.RandomGeneratorFactory;
import org.jitsi.srtp.crypto.Aes;
import org.junit.jupiter.api.Test;

class SrtpContextsTest {

    @Test
    void shouldTakeTheAesOfTheJdkWithJitsiSrtp() {
        SrtpKeys keys =
                Packets.keys(
                        SrtpProfile.AEAD_AES_128_GCM,
                        RandomGeneratorFactory.of("L64X128MixRandom").create(5));
        new JitsiSrtpContext(keys, SrtpConfig.defaults(), new SrtpScratch()).close();

        assertThat(Aes.createCipher("AES/GCM/NoPadding").getProvider().getName())
                .isEqualTo("SunJCE");
        assertThat(Aes.createCipher("AES/CTR/NoPadding").getProvider().getName())
                .isEqualTo("SunJCE");
    }

    @Test
    void shouldRefuseKeysOfAnotherProfile() {
        SrtpKeys keys =
                Packets.keys(
                        SrtpProfile.AEAD_AES_256_GCM,
                        RandomGeneratorFactory.of("L64X128MixRandom").create(4));
        SrtpKeys wrong =
                new SrtpKeys(
                        SrtpProfile.AEAD_AES_128_GCM,
                        keys.sendKey(),
                        keys.sendSalt(),
                        keys.receiveKey(),
                        keys.receiveSalt());

        assertThatThrownBy(() -> SrtpContexts.open(wrong, SrtpConfig.defaults()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
