package io.sluice.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Packets on the heap, and contexts that take them off it. */
final class Packets {

    /** Not zero, so that a forgotten offset shows. */
    static final long OFFSET = 16;

    private static final int CAPACITY_BYTES = 4096;

    private Packets() {}

    static SrtpKeys keys(SrtpProfile profile, RandomGenerator random) {
        return new SrtpKeys(
                profile,
                bytes(random, profile.keyBytes()),
                bytes(random, profile.saltBytes()),
                bytes(random, profile.keyBytes()),
                bytes(random, profile.saltBytes()));
    }

    static SrtpKeys otherSide(SrtpKeys keys) {
        return new SrtpKeys(
                keys.profile(),
                keys.receiveKey(),
                keys.receiveSalt(),
                keys.sendKey(),
                keys.sendSalt());
    }

    static byte[] bytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** With a header extension of one word. */
    static byte[] rtp(int ssrc, int sequence, byte[] payload) {
        return ByteBuffer.allocate(20 + payload.length)
                .put((byte) 0x90)
                .put((byte) 96)
                .putShort((short) sequence)
                .putInt(sequence * 3000)
                .putInt(ssrc)
                .putInt(0xBEDE0001)
                .putInt(0x10FF0000)
                .put(payload)
                .array();
    }

    static byte[] receiverReport(int ssrc, int bytes) {
        return ByteBuffer.allocate(bytes)
                .put((byte) 0x81)
                .put((byte) 201)
                .putShort((short) (bytes / 4 - 1))
                .putInt(ssrc)
                .array();
    }

    /** The protected packet; the payload is split into a prefix and a shared rest. */
    static byte[] protectRtp(SrtpContext context, byte[] packet) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(CAPACITY_BYTES);
            MemorySegment payload = arena.allocate(CAPACITY_BYTES);
            int header = RtpHeader.sizeBytes(MemorySegment.ofArray(packet), 0, packet.length);
            int prefix = Math.min(3, packet.length - header);
            int rest = packet.length - header - prefix;
            MemorySegment.copy(packet, 0, out, ValueLayout.JAVA_BYTE, OFFSET, header + prefix);
            MemorySegment.copy(
                    packet, header + prefix, payload, ValueLayout.JAVA_BYTE, OFFSET, rest);
            byte[] before = payload.toArray(ValueLayout.JAVA_BYTE);
            int length = context.protectRtp(out, OFFSET, header, prefix, payload, OFFSET, rest);
            if (!Arrays.equals(before, payload.toArray(ValueLayout.JAVA_BYTE))) {
                throw new AssertionError("the shared payload was changed");
            }
            return result(out, length);
        }
    }

    static byte[] protectRtcp(SrtpContext context, byte[] packet) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = place(arena, packet);
            return result(memory, context.protectRtcp(memory, OFFSET, packet.length));
        }
    }

    static byte[] unprotectRtp(SrtpContext context, byte[] packet) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = place(arena, packet);
            return result(memory, context.unprotectRtp(memory, OFFSET, packet.length));
        }
    }

    static byte[] unprotectRtcp(SrtpContext context, byte[] packet) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = place(arena, packet);
            return result(memory, context.unprotectRtcp(memory, OFFSET, packet.length));
        }
    }

    private static MemorySegment place(Arena arena, byte[] packet) {
        MemorySegment memory = arena.allocate(CAPACITY_BYTES);
        MemorySegment.copy(packet, 0, memory, ValueLayout.JAVA_BYTE, OFFSET, packet.length);
        return memory;
    }

    private static byte[] result(MemorySegment memory, int length) {
        if (length < 0) {
            throw new Refused(SrtpError.of(length));
        }
        return memory.asSlice(OFFSET, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** An error code, thrown so that tests may forget none. */
    static final class Refused extends RuntimeException {

        final SrtpError error;

        Refused(SrtpError error) {
            super(error.name());
            this.error = error;
        }
    }
}
