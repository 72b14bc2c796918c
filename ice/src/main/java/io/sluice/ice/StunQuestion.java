package io.sluice.ice;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Asks a STUN server where we come from (RFC 8489 3), before there are ports and loops. */
public final class StunQuestion {
    /** Each with its share of the patience: a datagram may be lost. */
    private static final int ATTEMPTS = 4;

    private static final int COOKIE = 0x2112a442;
    private static final int XOR_MAPPED_ADDRESS = 0x0020;
    private static final int MAX_ANSWER_BYTES = 1_500;
    private static final int IPV4 = 1;
    private static final int IPV6 = 2;
    private static final int IPV6_BYTES = 16;

    /**
     * What a server says.
     *
     * @param mapped the address that it sees; null if it names none
     */
    public record Answer(@Nullable InetAddress mapped) {}

    private StunQuestion() {}

    /**
     * Asks by UDP, and waits; not for a loop.
     *
     * @param from a local address to ask from; null for whichever the system takes
     * @return empty if there is no answer in time
     * @throws IOException the server cannot be reached from there
     */
    public static Optional<Answer> ask(
            @Nullable InetAddress from,
            InetSocketAddress server,
            Duration patience,
            RandomGenerator random)
            throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(from, 0))) {
            // From now on nobody else is heard.
            socket.connect(server);
            byte[] transaction = new byte[StunMessage.TRANSACTION_BYTES];
            random.nextBytes(transaction);
            byte[] request =
                    ByteBuffer.allocate(StunMessage.HEADER_BYTES)
                            .putShort((short) StunMessage.BINDING_REQUEST)
                            .putShort((short) 0)
                            .putInt(COOKIE)
                            .put(transaction)
                            .array();
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                socket.send(new DatagramPacket(request, request.length));
                socket.setSoTimeout(Math.max(1, (int) (patience.toMillis() / ATTEMPTS)));
                DatagramPacket packet =
                        new DatagramPacket(new byte[MAX_ANSWER_BYTES], MAX_ANSWER_BYTES);
                try {
                    socket.receive(packet);
                } catch (SocketTimeoutException late) {
                    continue;
                }
                byte[] answer = Arrays.copyOf(packet.getData(), packet.getLength());
                if (isAnswer(answer, transaction)) {
                    return Optional.of(new Answer(mapped(answer)));
                }
            }
            return Optional.empty();
        }
    }

    private static boolean isAnswer(byte[] answer, byte[] transaction) {
        int idEnd = StunMessage.HEADER_BYTES;
        return answer.length >= idEnd
                && ByteBuffer.wrap(answer).getShort(0) == (short) StunMessage.BINDING_SUCCESS
                && Arrays.equals(
                        answer,
                        StunMessage.TRANSACTION_OFFSET,
                        idEnd,
                        transaction,
                        0,
                        transaction.length);
    }

    /** XOR-MAPPED-ADDRESS of an answer (RFC 8489 14.2), whatever else it holds; null if it has none. */
    static @Nullable InetAddress mapped(byte[] answer) {
        ByteBuffer message = ByteBuffer.wrap(answer);
        int at = StunMessage.HEADER_BYTES;
        while (at + StunMessage.ATTRIBUTE_HEADER_BYTES <= answer.length) {
            int attribute = Short.toUnsignedInt(message.getShort(at));
            int bytes = Short.toUnsignedInt(message.getShort(at + Short.BYTES));
            int value = at + StunMessage.ATTRIBUTE_HEADER_BYTES;
            if (value + bytes > answer.length) {
                return null;
            }
            if (attribute == XOR_MAPPED_ADDRESS) {
                return address(answer, value, bytes);
            }
            at = value + (bytes + 3 & ~3);
        }
        return null;
    }

    private static @Nullable InetAddress address(byte[] answer, int value, int bytes) {
        int addressBytes = bytes - Integer.BYTES;
        int family = bytes < Integer.BYTES ? 0 : answer[value + 1];
        boolean whole =
                (family == IPV4 && addressBytes == Integer.BYTES)
                        || (family == IPV6 && addressBytes == IPV6_BYTES);
        if (!whole) {
            return null;
        }
        byte[] address = Arrays.copyOfRange(answer, value + Integer.BYTES, value + bytes);
        for (int i = 0; i < address.length; i++) {
            // What it is masked with, cookie and transaction id, stands in the header.
            address[i] ^= answer[StunMessage.TRANSACTION_OFFSET - Integer.BYTES + i];
        }
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are always an address", e);
        }
    }
}
