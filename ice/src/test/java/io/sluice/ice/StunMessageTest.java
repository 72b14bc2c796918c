package io.sluice.ice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StunMessageTest {
    private static final byte[] TRANSACTION = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    private static final String PASSWORD = "abcdefghijklmnopqrstuvwx";

    private final StunMessage message = new StunMessage();
    private final StunIntegrity integrity = new StunIntegrity();

    /** Exactly as large as the message, so that a read past its end fails. */
    private boolean read(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return message.read(memory.asSlice(0, bytes.length), 0, bytes.length);
        }
    }

    private static byte[] request() {
        return new TestStun(StunMessage.BINDING_REQUEST, TRANSACTION)
                .username("abcdefgh:them")
                .priority(0x6e0001ff)
                .add(TestStun.USE_CANDIDATE, new byte[0])
                .integrity(PASSWORD)
                .fingerprint(0)
                .bytes();
    }

    @Test
    void shouldReadWhatACheckCarries() {
        assertThat(read(request())).isTrue();
        assertThat(message.type()).isEqualTo(StunMessage.BINDING_REQUEST);
        assertThat(message.transactionHigh()).isEqualTo(0x0102030405060708L);
        assertThat(message.transactionLow()).isEqualTo(0x090a0b0c);
        assertThat(message.forOurUfrag()).isTrue();
        assertThat(message.localUfrag()).isEqualTo(StunMessage.ufragKey("abcdefgh"));
        assertThat(message.useCandidate()).isTrue();
        assertThat(message.priority()).isEqualTo(0x6e0001ff);
        assertThat(message.hasIntegrity()).isTrue();
        assertThat(message.hasFingerprint()).isTrue();
    }

    @Test
    void shouldTellAPlainCheckAndItsRole() {
        assertThat(read(request())).isTrue();
        assertThat(message.isPlainCheck()).isTrue();
        assertThat(message.role()).isNotIn(StunMessage.ICE_CONTROLLED, StunMessage.ICE_CONTROLLING);
        assertThat(message.isFrom(request(), "abcdefgh:them".getBytes(UTF_8))).isTrue();
        assertThat(message.isFrom(request(), "abcdefgh:then".getBytes(UTF_8))).isFalse();
        assertThat(message.isFrom(request(), "abcdefgh:the".getBytes(UTF_8))).isFalse();

        TestStun controlled = new TestStun(StunMessage.BINDING_REQUEST, TRANSACTION);
        assertThat(read(controlled.control(TestStun.CONTROLLED, 1).bytes())).isTrue();
        assertThat(message.role()).isEqualTo(StunMessage.ICE_CONTROLLED);
        assertThat(message.isPlainCheck()).isTrue();
        assertThat(read(controlled.control(TestStun.CONTROLLING, 1).bytes())).isTrue();
        assertThat(message.isPlainCheck()).as("both roles").isFalse();
        assertThat(message.isFrom(controlled.bytes(), new byte[0])).as("no name").isFalse();

        TestStun unknown = new TestStun(StunMessage.BINDING_REQUEST, TRANSACTION);
        assertThat(read(unknown.add(0xC057, new byte[4]).bytes())).isTrue();
        assertThat(message.isPlainCheck()).as("may be passed over").isTrue();
        assertThat(read(unknown.add(0x0019, new byte[4]).bytes())).isTrue();
        assertThat(message.isPlainCheck()).as("must be understood").isFalse();
    }

    @Test
    void shouldAcceptOnlyTheRightFingerprintAndPassword() {
        byte[] bytes = request();
        assertThat(read(bytes)).isTrue();
        assertThat(integrity.fingerprintFits(bytes, message.fingerprintOffset())).isTrue();
        byte[] part = StunIntegrity.protectedPart(bytes, message.integrityEnd());
        int offset = message.integrityOffset();
        assertThat(integrity.fits(part, offset, StunIntegrity.key(PASSWORD))).isTrue();
        assertThat(integrity.fits(part, offset, StunIntegrity.key(PASSWORD + "y"))).isFalse();
        part[25] ^= 1;
        assertThat(integrity.fits(part, offset, StunIntegrity.key(PASSWORD))).isFalse();
        bytes[25] ^= 1;
        assertThat(integrity.fingerprintFits(bytes, message.fingerprintOffset())).isFalse();
    }

    @Test
    void shouldIgnoreWhatFollowsTheIntegrity() {
        byte[] bytes =
                new TestStun(StunMessage.BINDING_REQUEST, TRANSACTION)
                        .integrity(PASSWORD)
                        .username("abcdefgh:them")
                        .add(TestStun.USE_CANDIDATE, new byte[0])
                        .bytes();
        assertThat(read(bytes)).isTrue();
        assertThat(message.useCandidate()).isFalse();
        assertThat(message.forOurUfrag()).isFalse();
    }

    @Test
    void shouldRefuseWhatFollowsTheFingerprint() {
        byte[] bytes =
                new TestStun(StunMessage.BINDING_REQUEST, TRANSACTION)
                        .fingerprint(0)
                        .priority(1)
                        .bytes();
        assertThat(read(bytes)).isFalse();
    }

    @Test
    void shouldNotTakeForeignUfragsForOurs() {
        for (String name : new String[] {"", "abc:them", "abcdefgh", "abcdefghi:them", ":"}) {
            byte[] bytes =
                    new TestStun(StunMessage.BINDING_REQUEST, TRANSACTION).username(name).bytes();
            assertThat(read(bytes)).isTrue();
            assertThat(message.forOurUfrag()).as(name).isFalse();
        }
    }

    @Test
    void shouldRefuseEveryTruncation() {
        byte[] bytes = request();
        for (int length = 0; length < bytes.length; length++) {
            assertThat(read(Arrays.copyOf(bytes, length))).as("length %d", length).isFalse();
        }
    }

    /** Anything may come from the network: the reader never throws and never reads past the end. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldSurviveAnyBytes(long seed) {
        Random random = new Random(seed);
        byte[] valid = request();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes;
            if (random.nextInt(4) == 0) {
                bytes = new byte[random.nextInt(120)];
                random.nextBytes(bytes);
            } else {
                bytes = Arrays.copyOf(valid, 4 * random.nextInt(5, 40));
                for (int flips = random.nextInt(6); flips > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                // A right length lets the attributes be reached.
                bytes[2] = 0;
                bytes[3] = (byte) (bytes.length - 20);
            }
            if (read(bytes)) {
                if (message.hasIntegrity()) {
                    assertThat(message.integrityEnd()).isLessThanOrEqualTo(bytes.length);
                    byte[] part = StunIntegrity.protectedPart(bytes, message.integrityEnd());
                    integrity.fits(part, message.integrityOffset(), StunIntegrity.key(PASSWORD));
                }
                if (message.hasFingerprint()) {
                    integrity.fingerprintFits(bytes, message.fingerprintOffset());
                }
            }
        }
    }
}
