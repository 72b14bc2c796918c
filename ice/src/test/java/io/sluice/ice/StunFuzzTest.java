package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a datagram holds, the reader of STUN messages stays within it. */
final class StunFuzzTest {
    private static final byte[] TRANSACTION = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    private static final String PASSWORD = "abcdefghijklmnopqrstuvwx";

    private final StunMessage message = new StunMessage();
    private final StunIntegrity integrity = new StunIntegrity();

    static List<byte[]> messages() {
        return List.of(
                new TestStun(StunMessage.BINDING_REQUEST, TRANSACTION)
                        .username("abcdefgh:them")
                        .priority(0x6e0001ff)
                        .control(TestStun.CONTROLLING, 7)
                        .add(TestStun.USE_CANDIDATE, new byte[0])
                        .integrity(PASSWORD)
                        .fingerprint(0)
                        .bytes(),
                new TestStun(StunMessage.BINDING_SUCCESS, TRANSACTION)
                        .mapped(new byte[] {127, 0, 0, 1}, 7882)
                        .integrity(PASSWORD)
                        .fingerprint(0)
                        .bytes(),
                new TestStun(StunMessage.BINDING_ERROR, TRANSACTION)
                        .add(0x0009, new byte[] {0, 0, 4, 87, 'R', 'o', 'l', 'e'})
                        .fingerprint(0)
                        .bytes(),
                new TestStun(StunMessage.BINDING_INDICATION, TRANSACTION).fingerprint(0).bytes());
    }

    @MethodSource("messages")
    @FuzzTest
    void stun(byte[] bytes) {
        if (!message.read(MemorySegment.ofArray(bytes), 0, bytes.length)) {
            return;
        }
        assertThat(message.type()).isBetween(0, 0x3fff);
        if (message.hasIntegrity()) {
            assertThat(message.integrityOffset()).isGreaterThanOrEqualTo(StunMessage.HEADER_BYTES);
            assertThat(message.integrityEnd()).isLessThanOrEqualTo(bytes.length);
            byte[] part = StunIntegrity.protectedPart(bytes, message.integrityEnd());
            integrity.fits(part, message.integrityOffset(), StunIntegrity.key(PASSWORD));
        }
        if (message.hasFingerprint()) {
            // Nothing follows it.
            assertThat(message.fingerprintOffset()).isEqualTo(bytes.length - 8);
            integrity.fingerprintFits(bytes, message.fingerprintOffset());
        }
    }
}
