package io.sluice.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Random;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** libcrypto's signatures beside the JDK's, which share no code with them. */
class P256Test {
    private static final int KEYS = 50;
    private static final int NUMBER_BYTES = 32;
    private static final int POINT_AT_INFINITY = 0;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @BeforeEach
    void needsLibCrypto() {
        assumeTrue(Linking.find().isPresent(), "libcrypto.so.3 is not here");
        assertThat(P256.available()).isTrue();
    }

    private static KeyPair newPair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static byte[] number(BigInteger value) {
        return BigIntegers.asUnsignedByteArray(NUMBER_BYTES, value);
    }

    private static byte[] point(KeyPair pair) {
        var w = ((ECPublicKey) pair.getPublic()).getW();
        byte[] point = new byte[P256.POINT_BYTES];
        point[0] = 4;
        System.arraycopy(number(w.getAffineX()), 0, point, 1, NUMBER_BYTES);
        System.arraycopy(number(w.getAffineY()), 0, point, 1 + NUMBER_BYTES, NUMBER_BYTES);
        return point;
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] sha256(byte[] message) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(message);
    }

    @Test
    void shouldAgreeWithTheJdk() throws Exception {
        for (int i = 0; i < KEYS; i++) {
            KeyPair pair = newPair();
            byte[] message = bytes(random.nextInt(200));
            Signature jdk = Signature.getInstance("SHA256withECDSA");

            jdk.initSign(pair.getPrivate());
            jdk.update(message);
            assertThat(P256.verify(point(pair), sha256(message), jdk.sign()))
                    .as("the JDK's signature, seed %d", seed)
                    .isTrue();

            byte[] ours =
                    P256.sign(number(((ECPrivateKey) pair.getPrivate()).getS()), sha256(message));
            jdk.initVerify(pair.getPublic());
            jdk.update(message);
            assertThat(jdk.verify(ours)).as("libcrypto's signature, seed %d", seed).isTrue();
        }
    }

    /** CertificateVerify may be over SHA-384 with this curve, too: the first bytes count. */
    @Test
    void shouldCutLongerDigests() throws Exception {
        KeyPair pair = newPair();
        byte[] message = bytes(100);
        Signature jdk = Signature.getInstance("SHA384withECDSA");
        jdk.initSign(pair.getPrivate());
        jdk.update(message);

        byte[] digest = MessageDigest.getInstance("SHA-384").digest(message);
        assertThat(P256.verify(point(pair), digest, jdk.sign())).isTrue();
    }

    @Test
    void shouldRefuseWhatIsSpoiled() throws Exception {
        KeyPair pair = newPair();
        byte[] point = point(pair);
        byte[] digest = sha256(bytes(10));
        byte[] signature = P256.sign(number(((ECPrivateKey) pair.getPrivate()).getS()), digest);
        assertThat(P256.verify(point, digest, signature)).isTrue();

        assertThat(P256.verify(point(newPair()), digest, signature)).isFalse();
        assertThat(P256.verify(point, sha256(bytes(11)), signature)).isFalse();
        for (byte[] given : new byte[][] {point, digest, signature}) {
            int at = random.nextInt(given.length);
            given[at] ^= 1;
            assertThat(P256.verify(point, digest, signature)).as("seed %d", seed).isFalse();
            given[at] ^= 1;
        }
        assertThat(P256.verify(point, digest, signature)).isTrue();
    }

    @Test
    void shouldRefuseWhatIsNoKeyAndNoSignature() throws Exception {
        byte[] point = point(newPair());
        byte[] digest = sha256(bytes(10));
        byte[] notOnTheCurve = point.clone();
        notOnTheCurve[P256.POINT_BYTES - 1] ^= 1;

        for (int length = 0; length < 200; length++) {
            assertThat(P256.verify(point, digest, bytes(length))).as("seed %d", seed).isFalse();
            assertThat(P256.verify(bytes(length), digest, bytes(70))).as("seed %d", seed).isFalse();
        }
        assertThat(P256.verify(notOnTheCurve, digest, bytes(70))).isFalse();
        assertThat(P256.verify(new byte[] {POINT_AT_INFINITY}, digest, bytes(70))).isFalse();
        assertThatThrownBy(() -> P256.sign(bytes(31), digest))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
