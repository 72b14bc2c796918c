package io.sluice.forward;

import io.sluice.codec.PayloadInfo;
import io.sluice.ice.Slab;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import io.sluice.rtp.Wire;

/**
 * The packets of one track that a turn has brought, in the order of their coming: each viewer gets them
 * one after the other, so that they leave as one run.
 *
 * <p>Owned by the loop of its fan-out. It holds the slots.
 */
final class Gathered {
    /** A frame of 1080p is about this long; a longer one leaves in parts. */
    static final int CAPACITY = 32;

    private final Slab slab;
    private final RtpPacket[] packets = new RtpPacket[CAPACITY];
    private final PayloadInfo[] infos = new PayloadInfo[CAPACITY];
    private final int[] slots = new int[CAPACITY];
    private final long[] sequences = new long[CAPACITY];
    private final long[] beginnings = new long[CAPACITY];
    private final long[] newests = new long[CAPACITY];
    private final long[] arrivalNanos = new long[CAPACITY];
    private final boolean[] padded = new boolean[CAPACITY];
    private int size;

    /** Masks of encodings: those of which a packet is here, and those of which the last of a frame is. */
    private int present;

    private int ended;

    Gathered(Slab slab) {
        this.slab = slab;
        for (int i = 0; i < CAPACITY; i++) {
            packets[i] = new RtpPacket();
            infos[i] = new PayloadInfo();
        }
    }

    /**
     * Adds a packet and holds its slot.
     *
     * @param newest the highest number that was known when the packet came
     */
    void add(
            RtpPacket packet,
            PayloadInfo info,
            int slot,
            long sequence,
            long beginning,
            long newest,
            long nowNanos) {
        packets[size].wrap(packet.memory(), packet.offset(), packet.lengthBytes());
        infos[size].copy(info);
        slab.retain(slot);
        slots[size] = slot;
        sequences[size] = sequence;
        beginnings[size] = beginning;
        newests[size] = newest;
        arrivalNanos[size] = nowNanos;
        padded[size] = false;
        int bit = 1 << encoding(size);
        present |= bit;
        ended |= packet.marker() ? bit : 0;
        size++;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == CAPACITY;
    }

    /** Whether of each encoding here a packet is the last of its frame (RFC 3550 5.1: the marker bit). */
    boolean endsFrame() {
        return ended == present;
    }

    /** Whether there are packets of several encodings. */
    boolean isMixed() {
        return Integer.bitCount(present) > 1;
    }

    int encoding(int i) {
        return TrackSequence.encoding(sequences[i]);
    }

    RtpPacket packet(int i) {
        return packets[i];
    }

    PayloadInfo info(int i) {
        return infos[i];
    }

    long sequence(int i) {
        return sequences[i];
    }

    long beginning(int i) {
        return beginnings[i];
    }

    long newest(int i) {
        return newests[i];
    }

    long arrivalNanos(int i) {
        return arrivalNanos[i];
    }

    /**
     * Makes the packets that are one byte shorter than the longest of their frame as long as that:
     * encoders cut a frame so, and only packets of one length leave as one run. The byte of padding
     * (RFC 3550 5.1) goes behind the payload, where the tag of the publisher's packet was.
     */
    void pad() {
        int first = 0;
        while (first < size) {
            int end = frameEnd(first);
            pad(first, end);
            first = end;
        }
    }

    /** Packets of a frame have one source and one timestamp. */
    private int frameEnd(int first) {
        int end = first + 1;
        while (end < size
                && packets[end].timestamp() == packets[first].timestamp()
                && packets[end].ssrc() == packets[first].ssrc()) {
            end++;
        }
        return end;
    }

    private void pad(int first, int end) {
        int longestBytes = 0;
        for (int i = first; i < end; i++) {
            longestBytes = Math.max(longestBytes, packets[i].payloadBytes());
        }
        for (int i = first; i < end; i++) {
            RtpPacket packet = packets[i];
            if (packet.payloadBytes() == longestBytes - 1) {
                padded[i] = true;
                Wire.put8(packet.memory(), packet.payloadOffset() + packet.payloadBytes(), 1);
            }
        }
    }

    /** Whether a packet is to be sent with one byte of padding, to viewers that may be sent any. */
    boolean isPadded(int i) {
        return padded[i];
    }

    /** Lets go of everything. */
    void clear() {
        for (int i = 0; i < size; i++) {
            slab.release(slots[i]);
        }
        size = 0;
        present = 0;
        ended = 0;
    }
}
