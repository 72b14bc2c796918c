package io.sluice.bench.load;

import io.sluice.bench.load.LoadCounters.Count;
import io.sluice.rtp.NtpTime;
import io.sluice.rtp.RtcpMessage;
import io.sluice.rtp.RtcpWriter;
import io.sluice.rtp.Wire;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One track that a client publishes: its packets as real encoders make them, and their repeats.
 *
 * <p>Owned by the client's loop. Video is VP8 in frames of packets that differ by a byte at most, all
 * sent at once, with content that a receiver can check, or real pictures for receivers that decode
 * them; audio is one packet each 20 ms.
 */
final class PublishedStream {
    static final int VIDEO_PAYLOAD_TYPE = 96;
    static final int RTX_PAYLOAD_TYPE = 97;
    static final int AUDIO_PAYLOAD_TYPE = 111;
    static final int MID_EXTENSION = 1;
    static final int TRANSPORT_EXTENSION = 3;

    private static final int VIDEO_HZ = 90_000;
    private static final int AUDIO_HZ = 48_000;
    private static final int AUDIO_PAYLOAD_BYTES = 80;
    private static final int HEADER_BYTES = 24;
    private static final int MAX_PAYLOAD_BYTES = 1150;
    private static final int KEYFRAME_FACTOR = 4;

    /** X, I, and a picture id of 15 bits (RFC 7741 4.2); a whole keyframe header behind it. */
    private static final int VP8_DESCRIPTOR_BYTES = 4;

    private static final int VP8_HEADER_BYTES = 10;

    /** What may be asked for again: about half a second of video. */
    private static final int HISTORY_PACKETS = 256;

    private static final int HISTORY_SLOT_BYTES = HEADER_BYTES + MAX_PAYLOAD_BYTES + 64;

    private final PacketSender sender;
    private final LoadCounters counters;
    private final boolean video;
    private final int mid;
    private final int shrinkShift;
    private final int ssrc;
    private final int rtxSsrc;
    private final long intervalNanos;
    private final int frameBytes;
    private final MemorySegment history;
    private final int[] historyBytes = new int[HISTORY_PACKETS];
    private long nextNanos;
    private int sequence;
    private int rtxSequence;
    private int timestamp;
    private int pictureId;
    private int packets;
    private int octets;
    private boolean keyframeDue = true;
    private @Nullable Pictures pictures;
    private int picture;

    /**
     * @param bitsPerSecond of video; 0 makes an audio stream
     * @param shrinkShift halves width and height so many times
     * @param firstNanos when it begins, so that publishers are not in step
     */
    PublishedStream(
            PacketSender sender,
            LoadCounters counters,
            int mid,
            int bitsPerSecond,
            int shrinkShift,
            long firstNanos,
            RandomGenerator random) {
        this.sender = sender;
        this.counters = counters;
        this.mid = mid;
        this.shrinkShift = shrinkShift;
        video = bitsPerSecond > 0;
        ssrc = random.nextInt();
        rtxSsrc = video ? random.nextInt() : 0;
        intervalNanos =
                1_000_000_000L
                        / (video
                                ? LoadShape.FRAMES_PER_SECOND
                                : LoadShape.AUDIO_PACKETS_PER_SECOND);
        frameBytes = bitsPerSecond / 8 / LoadShape.FRAMES_PER_SECOND;
        history =
                video
                        ? Arena.ofAuto()
                                .allocate((long) HISTORY_PACKETS * HISTORY_SLOT_BYTES, Long.BYTES)
                        : Arena.ofAuto().allocate(HISTORY_SLOT_BYTES);
        nextNanos = firstNanos;
        sequence = random.nextInt(1 << 14);
        rtxSequence = random.nextInt(1 << 14);
        timestamp = random.nextInt();
    }

    /** Shows these over and over, from the first again when somebody needs a keyframe; before it begins. */
    void show(Pictures real) {
        pictures = real;
    }

    boolean video() {
        return video;
    }

    int mid() {
        return mid;
    }

    int ssrc() {
        return ssrc;
    }

    int rtxSsrc() {
        return rtxSsrc;
    }

    /** Sends what is due. */
    void onTick(long nowNanos) {
        while (nowNanos >= nextNanos) {
            if (nowNanos - nextNanos > 4 * intervalNanos) {
                // The machine stood still; an encoder would not catch up either.
                nextNanos = nowNanos;
            }
            nextNanos += intervalNanos;
            if (video) {
                frame(nowNanos);
                timestamp += VIDEO_HZ / LoadShape.FRAMES_PER_SECOND;
            } else {
                packet(AUDIO_PAYLOAD_BYTES, true, false, true, nowNanos);
                timestamp += AUDIO_HZ / LoadShape.AUDIO_PACKETS_PER_SECOND;
            }
        }
    }

    /** libwebrtc makes k packets of n bytes, and then the rest of n+1. */
    private void frame(long nowNanos) {
        boolean keyframe = keyframeDue;
        keyframeDue = false;
        byte[] encoded = pictures == null ? null : next(pictures, keyframe);
        int bytes =
                encoded == null
                        ? keyframe ? frameBytes * KEYFRAME_FACTOR : frameBytes
                        : encoded.length;
        int room = encoded == null ? MAX_PAYLOAD_BYTES : MAX_PAYLOAD_BYTES - VP8_DESCRIPTOR_BYTES;
        int count = Math.max(1, (bytes + room - 1) / room);
        int shorter = bytes / count;
        int longer = bytes % count;
        int done = 0;
        for (int i = 0; i < count; i++) {
            int size = shorter + (i >= count - longer ? 1 : 0);
            if (encoded == null) {
                packet(Math.max(size, 64), i == 0, keyframe, i == count - 1, nowNanos);
            } else {
                part(encoded, done, size, i == count - 1);
                done += size;
            }
        }
        pictureId++;
    }

    private byte[] next(Pictures shown, boolean keyframe) {
        picture = keyframe ? 0 : (picture + 1) % shown.frames().size();
        return shown.frames().get(picture);
    }

    private void packet(int bytes, boolean first, boolean keyframe, boolean last, long nowNanos) {
        long slot = slot(sequence);
        writeHeader(slot, video ? VIDEO_PAYLOAD_TYPE : AUDIO_PAYLOAD_TYPE, last, sequence, ssrc);
        long payload = slot + HEADER_BYTES;
        int codecBytes = video ? writeVp8(payload, first, keyframe) : 0;
        MediaContent.write(history, payload + codecBytes, bytes - codecBytes, nowNanos);
        send(slot, bytes);
    }

    /** A part of a real picture. */
    private void part(byte[] encoded, int from, int bytes, boolean last) {
        long slot = slot(sequence);
        writeHeader(slot, VIDEO_PAYLOAD_TYPE, last, sequence, ssrc);
        long payload = slot + HEADER_BYTES;
        writeDescriptor(payload, from == 0);
        MemorySegment.copy(
                encoded,
                from,
                history,
                ValueLayout.JAVA_BYTE,
                payload + VP8_DESCRIPTOR_BYTES,
                bytes);
        send(slot, VP8_DESCRIPTOR_BYTES + bytes);
    }

    private void send(long slot, int bytes) {
        if (video) {
            historyBytes[sequence % HISTORY_PACKETS] = bytes;
        }
        sender.sendRtp(history, slot, HEADER_BYTES, bytes);
        sequence++;
        packets++;
        octets += bytes;
        counters.add(Count.SENT, 1);
    }

    private long slot(int number) {
        return video ? (long) (number % HISTORY_PACKETS) * HISTORY_SLOT_BYTES : 0;
    }

    private void writeHeader(long at, int payloadType, boolean marker, int number, int source) {
        Wire.put8(history, at, 0x90);
        Wire.put8(history, at + 1, payloadType | (marker ? 0x80 : 0));
        Wire.put16(history, at + 2, number);
        Wire.put32(history, at + 4, timestamp);
        Wire.put32(history, at + 8, source);
        Wire.put32(history, at + 12, 0xBEDE0002);
        Wire.put8(history, at + 16, MID_EXTENSION << 4);
        Wire.put8(history, at + 17, '0' + mid);
        Wire.put8(history, at + 18, TRANSPORT_EXTENSION << 4 | 1);
        Wire.put16(history, at + 19, sender.nextTransportSequence());
        Wire.put24(history, at + 21, 0);
    }

    private void writeDescriptor(long at, boolean first) {
        Wire.put8(history, at, first ? 0x90 : 0x80);
        Wire.put8(history, at + 1, 0x80);
        Wire.put16(history, at + 2, 0x8000 | (pictureId & 0x7FFF));
    }

    private int writeVp8(long at, boolean first, boolean keyframe) {
        writeDescriptor(at, first);
        long header = at + VP8_DESCRIPTOR_BYTES;
        // RFC 6386 9.1: the lowest bit is clear in a keyframe, whose start code and size follow.
        Wire.put24(history, header, first && keyframe ? 0x100000 : 0x110000);
        Wire.put24(history, header + 3, 0x9D012A);
        putLittle(header + 6, LoadShape.WIDTH >> shrinkShift);
        putLittle(header + 8, LoadShape.HEIGHT >> shrinkShift);
        return VP8_DESCRIPTOR_BYTES + VP8_HEADER_BYTES;
    }

    private void putLittle(long at, int value) {
        Wire.put16(history, at, Short.toUnsignedInt(Short.reverseBytes((short) value)));
    }

    /** Where the checked content begins in a payload of this codec. */
    static int contentOffset(boolean video) {
        return video ? VP8_DESCRIPTOR_BYTES + VP8_HEADER_BYTES : 0;
    }

    void onFeedback(RtcpMessage message) {
        switch (message) {
            case RtcpMessage.PictureLoss loss when loss.mediaSsrc() == ssrc -> askKeyframe();
            case RtcpMessage.FullIntraRequest request when request.mediaSsrc() == ssrc ->
                    askKeyframe();
            case RtcpMessage.Nack nack when nack.mediaSsrc() == ssrc && video -> {
                resend(nack.first());
                for (int i = 0; i < 16; i++) {
                    if ((nack.bitmap() >>> i & 1) != 0) {
                        resend(nack.first() + i + 1);
                    }
                }
            }
            default -> {}
        }
    }

    private void askKeyframe() {
        keyframeDue = true;
        counters.add(Count.KEYFRAMES_ASKED, 1);
    }

    private void resend(int number16) {
        int back = sequence - number16 & 0xFFFF;
        if (back == 0 || back >= HISTORY_PACKETS) {
            return;
        }
        int number = sequence - back;
        counters.add(Count.NACKS_ANSWERED, 1);
        sender.sendRtx(
                history,
                slot(number),
                HEADER_BYTES,
                historyBytes[number % HISTORY_PACKETS],
                RTX_PAYLOAD_TYPE,
                rtxSsrc,
                rtxSequence++);
    }

    /** Adds this stream's sender report. */
    void writeReport(RtcpWriter writer, long wallNanos) {
        writer.senderReport(ssrc, NtpTime.ofUnixNanos(wallNanos), timestamp, packets, octets);
    }
}
