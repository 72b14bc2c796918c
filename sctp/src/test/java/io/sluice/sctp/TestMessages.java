package io.sluice.sctp;

import java.util.Arrays;

/** Messages that tell by themselves which they are and whether they are whole. */
final class TestMessages {
    private TestMessages() {}

    /** At least four bytes: the number, and what follows from it. */
    static DataMessage numbered(int number, int sizeBytes) {
        byte[] bytes = new byte[Math.max(4, sizeBytes)];
        Wire.put32(bytes, 0, number);
        for (int i = 4; i < bytes.length; i++) {
            bytes[i] = (byte) (number * 31 + i);
        }
        return new DataMessage(
                number % 2 == 0 ? DataMessage.Kind.BINARY : DataMessage.Kind.STRING, bytes);
    }

    static int number(DataMessage message) {
        return Wire.i32(message.bytes(), 0);
    }

    static boolean intact(DataMessage message) {
        DataMessage sent = numbered(number(message), message.bytes().length);
        return sent.kind() == message.kind() && Arrays.equals(sent.bytes(), message.bytes());
    }
}
