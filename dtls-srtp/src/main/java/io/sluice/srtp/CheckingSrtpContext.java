package io.sluice.srtp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Watches that under one key no packet index of an SSRC ever protects two packets that differ: that
 * would give both away (RFC 3711 9.1, RFC 7714 8.4).
 *
 * <p>For tests. It reckons the index itself, so it does not share the other context's errors. Owned
 * by the loop of the context it wraps.
 */
public final class CheckingSrtpContext implements SrtpContext {

    /** Packets per SSRC that are remembered; who goes back further has begun again. */
    static final int WINDOW_PACKETS = 4096;

    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

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
        if (!RtpHeader.isSendable(out, outOffset, headerBytes, prefixBytes, payloadBytes)) {
            return SrtpError.MALFORMED.code();
        }
        int ssrc = RtpHeader.ssrc(out, outOffset);
        Sent history = sent.computeIfAbsent(ssrc, _ -> new Sent());
        long index = history.index.of(RtpHeader.sequence(out, outOffset));
        long digest = digest(FNV_OFFSET, out, outOffset, headerBytes + prefixBytes);
        digest = digest(digest, payload, payloadOffset, payloadBytes);
        history.check(ssrc, index, digest);
        int length =
                checked.protectRtp(
                        out,
                        outOffset,
                        headerBytes,
                        prefixBytes,
                        payload,
                        payloadOffset,
                        payloadBytes);
        if (length >= 0) {
            history.keep(index, digest);
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

    /** FNV-1a: differing packets are what is looked for, not attackers. */
    private static long digest(long seed, MemorySegment memory, long offset, int length) {
        long digest = seed;
        for (int i = 0; i < length; i++) {
            digest ^= memory.get(ValueLayout.JAVA_BYTE, offset + i) & 0xFF;
            digest *= FNV_PRIME;
        }
        return digest;
    }

    /** What one SSRC has sent lately. */
    private static final class Sent {

        final PacketIndex index = new PacketIndex();
        private final long[] indexes = new long[WINDOW_PACKETS];
        private final long[] digests = new long[WINDOW_PACKETS];

        void check(int ssrc, long packetIndex, long digest) {
            long highest = index.highest();
            String name = "SSRC " + Integer.toUnsignedString(ssrc) + ", index " + packetIndex;
            if (highest >= 0 && packetIndex <= highest - WINDOW_PACKETS) {
                throw new IllegalStateException(name + " begins again below " + highest);
            }
            if (packetIndex >= 0) {
                int slot = (int) (packetIndex % WINDOW_PACKETS);
                // Zero is an index too: the entry is one more than the index.
                if (indexes[slot] == packetIndex + 1 && digests[slot] != digest) {
                    throw new IllegalStateException(name + " protects other bytes than before");
                }
            }
        }

        void keep(long packetIndex, long digest) {
            int slot = (int) (packetIndex % WINDOW_PACKETS);
            indexes[slot] = packetIndex + 1;
            digests[slot] = digest;
            index.advance(packetIndex);
        }
    }
}
