package io.sluice.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.ice4j.attribute.Attribute;
import org.ice4j.attribute.XorMappedAddressAttribute;
import org.ice4j.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StunWriterTest {
    private static final String PASSWORD = "a password of 22 chars";

    private final StunWriter writer = new StunWriter();
    private final byte[] transaction = new byte[StunMessage.TRANSACTION_BYTES];

    StunWriterTest() {
        new Random(4).nextBytes(transaction);
    }

    private byte[] request(String username) {
        int length =
                writer.request(
                        transaction,
                        username.getBytes(StandardCharsets.UTF_8),
                        0x6e0001ff,
                        StunMessage.ICE_CONTROLLED,
                        0x1122334455667788L,
                        false,
                        StunIntegrity.key(PASSWORD));
        return Arrays.copyOf(writer.bytes(), length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abcd:efgh", "abcd:efg", "abcd:ef", "abcd:e"})
    void shouldWriteTheRequestOfACheck(String username) {
        byte[] expected =
                new TestStun(StunMessage.BINDING_REQUEST, transaction)
                        .username(username)
                        .priority(0x6e0001ff)
                        .control(TestStun.CONTROLLED, 0x1122334455667788L)
                        .integrity(PASSWORD)
                        .fingerprint(0)
                        .bytes();
        assertThat(request(username)).isEqualTo(expected);
    }

    @Test
    void shouldFitTheLongestNames() {
        byte[] message = request("u".repeat(256) + ":" + "v".repeat(256));
        assertThat(new StunMessage().read(MemorySegment.ofArray(message), 0, message.length))
                .isTrue();
    }

    /** ice4j shares no code with the writer. */
    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "2001:db8::7:8"})
    void shouldAnswerWithTheAddressThatItCameFrom(String text) throws Exception {
        InetAddress address = InetAddress.ofLiteral(text);
        Path from = new Path(0, RemoteAddress.high(address), RemoteAddress.low(address), 54_321);
        byte[] request = request("abcd:efgh");

        int length = writer.success(request, from, StunIntegrity.key(PASSWORD));

        byte[] answer = Arrays.copyOf(writer.bytes(), length);
        Message read = Message.decode(answer, 0, length);
        assertThat(read.getMessageType()).isEqualTo((char) StunMessage.BINDING_SUCCESS);
        assertThat(read.getTransactionID()).isEqualTo(transaction);
        XorMappedAddressAttribute mapped =
                (XorMappedAddressAttribute) read.getAttribute(Attribute.XOR_MAPPED_ADDRESS);
        assertThat(mapped.getAddress(transaction))
                .isEqualTo(
                        new org.ice4j.TransportAddress(address, 54_321, org.ice4j.Transport.UDP));
        StunMessage stun = new StunMessage();
        assertThat(stun.read(MemorySegment.ofArray(answer), 0, length)).isTrue();
        StunIntegrity integrity = new StunIntegrity();
        assertThat(integrity.fingerprintFits(answer, stun.fingerprintOffset())).isTrue();
        byte[] part = StunIntegrity.protectedPart(answer, stun.integrityEnd());
        assertThat(integrity.fits(part, stun.integrityOffset(), StunIntegrity.key(PASSWORD)))
                .isTrue();
    }
}
