package io.sluice.check;

import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpProfile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Watches that under one key no packet index of an SSRC ever protects two packets that differ: that
 * would give both away (RFC 3711 9.1, RFC 7714 8.4).
 *
 * <p>It reads the header and reckons the index itself, so it does not share the other context's errors. Owned by
 * the loop of the context it wraps.
 */
public final class CheckingSrtpContext implements SrtpContext {

    /** Packets per SSRC that are remembered; who goes back further has begun again. */
    static final int WINDOW_PACKETS = 4096;

    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    private static final int HEADER_BYTES = 12;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final SrtpContext checked;
    private final Map<Integer, Sent> sent = new HashMap<>();

    public CheckingSrtpContext(SrtpContext checked) {
        this.checked = checked;
    }

    @Override
    public SrtpProfile profile() {
        return checked.profile();
    }

    @Override
    public int unprotectRtp(MemorySegment memory, long offset, int length) {
        return checked.unprotectRtp(memory, offset, length);
    }

    @Override
    public int unprotectRtcp(MemorySegment memory, long offset, int length) {
        return checked.unprotectRtcp(memory, offset, length);
    }

    @Override
    public void retainReceived(IntPredicate wanted) {
        checked.retainReceived(wanted);
    }

    /**
     * @throws IllegalStateException if the index has protected other bytes, or an SSRC begins again
     */
    @Override
    public int protectRtp(
            MemorySegment out,
            long outOffset,
            int headerBytes,
            int prefixBytes,
            MemorySegment payload,
            long payloadOffset,
            int payloadBytes) {
        long ownEnd = outOffset + headerBytes + prefixBytes;
        boolean readable =
                headerBytes >= HEADER_BYTES
                        && prefixBytes >= 0
                        && payloadBytes >= 0
                        && ownEnd <= out.byteSize()
                        && payloadOffset + payloadBytes <= payload.byteSize();
        Packet packet = readable ? new Packet(out, outOffset, ownEnd) : null;
        if (packet != null) {
            packet.digest(payload, payloadOffset, payloadOffset + payloadBytes);
            packet.history.check(packet);
        }
        int length =
                checked.protectRtp(
                        out,
                        outOffset,
                        headerBytes,
                        prefixBytes,
                        payload,
                        payloadOffset,
                        payloadBytes);
        if (packet != null && length >= 0) {
            packet.history.keep(packet);
        }
        return length;
    }

    /** Each gets an index of its own, so there is nothing to watch. */
    @Override
    public int protectRtcp(MemorySegment memory, long offset, int length) {
        return checked.protectRtcp(memory, offset, length);
    }

    @Override
    public void close() {
        checked.close();
    }

    /** A packet before it is protected, which may happen in its place. */
    private final class Packet {
        private final int ssrc;
        private final Sent history;
        private final long index;

        /** FNV-1a: differing packets are what is looked for, not attackers. */
        private long digest = FNV_OFFSET;

        /** Reads what stands before the payload. */
        Packet(MemorySegment memory, long offset, long end) {
            ssrc = memory.get(INT, offset + 8);
            history = sent.computeIfAbsent(ssrc, _ -> new Sent());
            index = history.index(memory.get(SHORT, offset + 2) & 0xFFFF);
            digest(memory, offset, end);
        }

        void digest(MemorySegment memory, long offset, long end) {
            for (long at = offset; at < end; at++) {
                digest ^= memory.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
                digest *= FNV_PRIME;
            }
        }

        @Override
        public String toString() {
            return "SSRC " + Integer.toUnsignedString(ssrc) + ", index " + index;
        }
    }

    /** What one SSRC has sent lately. */
    private static final class Sent {
        private static final int ROUND = 1 << 16;

        private final long[] indexes = new long[WINDOW_PACKETS];
        private final long[] digests = new long[WINDOW_PACKETS];
        private long highest = -1;

        /** RFC 3711 3.3.1: of all indexes with these low bits the nearest to the highest so far. */
        long index(int sequence) {
            if (highest < 0) {
                return sequence;
            }
            long near = highest - highest % ROUND + sequence;
            if (near - highest > ROUND / 2) {
                return near - ROUND;
            }
            return highest - near > ROUND / 2 ? near + ROUND : near;
        }

        void check(Packet packet) {
            if (highest >= 0 && packet.index <= highest - WINDOW_PACKETS) {
                throw new IllegalStateException(packet + " begins again below " + highest);
            }
            if (packet.index >= 0) {
                int slot = (int) (packet.index % WINDOW_PACKETS);
                // Zero is an index too: the entry is one more than the index.
                if (indexes[slot] == packet.index + 1 && digests[slot] != packet.digest) {
                    throw new IllegalStateException(packet + " protects other bytes than before");
                }
            }
        }

        void keep(Packet packet) {
            int slot = (int) (packet.index % WINDOW_PACKETS);
            indexes[slot] = packet.index + 1;
            digests[slot] = packet.digest;
            highest = Math.max(highest, packet.index);
        }
    }
}
