package io.sluice.forward;

import io.sluice.receive.NackGenerator;
import io.sluice.rtp.MediaCounters;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.SequenceUnwrapper;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a viewer's decoder shows of what arrives, when it stood still, and what it asks for again. It shows each picture
 * as soon as it is whole and what it builds on was shown.
 */
final class SimulatedScreen {
    static final int SSRC = 0x5000;
    private static final int KEYFRAME_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int TRANSPORT_SEQUENCE = 3;

    /** As Chromium counts them. */
    private static final long FREEZE_MORE_NANOS = 150_000_000;

    private static final long STUCK_NANOS = 3_000_000_000L;
    private static final double SMOOTHING = 0.1;
    private static final int ASKED_MAX = 64;

    /** It carries media, and not padding alone. */
    private static final int PAYLOAD_BYTES_MIN = 3;

    /** When the picture stood still, and for how long. */
    record Freeze(long fromNanos, long lengthNanos) {}

    private record Frame(boolean[] arrived, boolean isKey, int encoding, int number) {
        boolean isWhole() {
            for (boolean one : arrived) {
                if (!one) {
                    return false;
                }
            }
            return true;
        }
    }

    final List<Freeze> freezes = new ArrayList<>();
    private final Map<Integer, Frame> frames = new HashMap<>();
    private final NackGenerator nacks = new NackGenerator(new MediaCounters());
    private final SequenceUnwrapper media = new SequenceUnwrapper();
    private final SequenceUnwrapper transport = new SequenceUnwrapper();
    private final RtpPacket packet = new RtpPacket();
    private final long[] asked = new long[ASKED_MAX];
    private long shownNanos;
    private double intervalNanos = 66e6;
    private int shown = -1;
    private int encoding = -1;
    private long stuckNanos;

    /** What a packet carries: what VP8 looks like, and at its end what it is. */
    static byte[] payload(int bytes, boolean isKey, int encoding, int frame, int index, int count) {
        byte[] payload = new byte[bytes + KEYFRAME_BYTES + TRAILER_BYTES];
        payload[0] = (byte) (index == 0 ? 0x10 : 0);
        payload[1] = (byte) (isKey ? 0 : 1);
        if (isKey && index == 0) {
            byte[] start = {(byte) 0x9d, 1, 0x2a, 0, 1, 0, 1};
            System.arraycopy(start, 0, payload, 4, start.length - 1);
        }
        ByteBuffer.wrap(payload, payload.length - TRAILER_BYTES, TRAILER_BYTES)
                .putInt(frame)
                .put((byte) (isKey ? 1 : 0))
                .put((byte) encoding)
                .put((byte) index)
                .put((byte) count);
        return payload;
    }

    /** Takes what arrives; returns its transport-wide number. */
    int onPacket(byte[] datagram, long nowNanos) {
        if (!packet.wrap(MemorySegment.ofArray(datagram), 0, datagram.length)) {
            throw new IllegalStateException("what the server sends cannot be malformed");
        }
        int number = (int) transport.unwrap(packet.transportWideSequence(TRANSPORT_SEQUENCE));
        int payloadBytes = packet.payloadBytes();
        boolean isRtx = packet.ssrc() != SSRC;
        if (payloadBytes < PAYLOAD_BYTES_MIN) {
            if (!isRtx) {
                nacks.onPacket(media.unwrap(packet.sequence()), nowNanos);
            }
            return number;
        }
        ByteBuffer bytes = ByteBuffer.wrap(datagram, (int) packet.payloadOffset(), payloadBytes);
        int sequence = isRtx ? bytes.getShort(bytes.position()) & 0xffff : packet.sequence();
        nacks.onPacket(media.unwrap(sequence), nowNanos);
        take(bytes.position((int) packet.payloadOffset() + payloadBytes - TRAILER_BYTES), nowNanos);
        return number;
    }

    private void take(ByteBuffer trailer, long nowNanos) {
        int number = trailer.getInt();
        boolean isKey = trailer.get() == 1;
        int of = trailer.get();
        int index = trailer.get();
        int count = trailer.get();
        // Of one picture the viewer may have got another encoding before.
        if (number < shown || (number == shown && (of == encoding || !isKey))) {
            return;
        }
        Frame frame = frames.get(number);
        if (frame == null || (isKey && !frame.isKey && frame.encoding != of)) {
            frame = new Frame(new boolean[count], isKey, of, number);
            frames.put(number, frame);
        }
        if (frame.encoding == of) {
            frame.arrived[index] = true;
        }
        showAll(nowNanos);
    }

    private void showAll(long nowNanos) {
        boolean more = true;
        while (more) {
            more = false;
            for (Frame frame : List.copyOf(frames.values())) {
                boolean follows = frame.number == shown + 1 && frame.encoding == encoding;
                if (frame.isWhole() && (frame.isKey || follows)) {
                    show(frame, nowNanos);
                    more = true;
                    break;
                }
            }
        }
    }

    private void show(Frame frame, long nowNanos) {
        shown = frame.number;
        encoding = frame.encoding;
        frames.keySet().removeIf(other -> other <= shown);
        if (shownNanos != 0) {
            long interval = nowNanos - shownNanos;
            if (interval > Math.max(3 * intervalNanos, intervalNanos + FREEZE_MORE_NANOS)) {
                freezes.add(new Freeze(shownNanos, interval));
            }
            intervalNanos += SMOOTHING * (interval - intervalNanos);
        }
        shownNanos = nowNanos;
    }

    /** The numbers that it asks for again now. */
    List<Integer> missing(long nowNanos, long roundTripNanos) {
        int count = nacks.poll(nowNanos, roundTripNanos, asked, ASKED_MAX);
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            missing.add((int) asked[i] & 0xffff);
        }
        return missing;
    }

    /** Whether it asks for a keyframe, as Chromium does when it has seen nothing for long. */
    boolean isStuck(long nowNanos) {
        boolean stuck = nowNanos - Math.max(shownNanos, stuckNanos) > STUCK_NANOS;
        stuckNanos = stuck ? nowNanos : stuckNanos;
        return stuck && shownNanos != 0;
    }

    /** Of which encoding the picture is. */
    int encoding() {
        return encoding;
    }
}
