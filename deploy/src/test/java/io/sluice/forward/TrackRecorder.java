package io.sluice.forward;

import io.sluice.loop.Ticking;
import io.sluice.rtp.HeaderExtension;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;

/**
 * Writes down what comes of a track, from what its fan-out keeps for viewers, in the form that the captures of sfu-core
 * have; and asks for keyframes of its encodings in turn.
 *
 * <p>Owned by the publisher's loop; {@link #recorded} is for whoever has ended its ticks there.
 */
public final class TrackRecorder implements Ticking {
    /** Pictures are of no use to the captures' reader, descriptors and first bytes are. */
    private static final int PAYLOAD_BYTES_MAX = 40;

    /** What is missing then does not come any more. */
    private static final int PATIENCE_PACKETS = 200;

    private static final long KEYFRAME_INTERVAL_NANOS = 350_000_000;
    private static final int INDEX_BITS = 56;

    private final Fanout fanout;
    private final int encodings;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final RtpPacket packet = new RtpPacket();

    /** By encoding, what is to be written down next; 0 before the first. */
    private final long[] next = new long[TrackSequence.ENCODINGS_MAX];

    private final int[] written = new int[TrackSequence.ENCODINGS_MAX];
    private long beginNanos;
    private long keyframeNanos;
    private int asked;
    private int missed;

    /** Of a track of so many encodings that is watched. */
    public TrackRecorder(Fanout fanout, int encodings) {
        this.fanout = fanout;
        this.encodings = encodings;
        try {
            out.writeUTF(fanout.codec().name());
            out.writeByte(fanout.sourceExtensions().id(HeaderExtension.DEPENDENCY_DESCRIPTOR));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The whole file. */
    public byte[] recorded() {
        return bytes.toByteArray();
    }

    /** Packets written down of an encoding. */
    public int written(int encoding) {
        return written[encoding];
    }

    /** Packets that were lost on their way, of all encodings. */
    public int missed() {
        return missed;
    }

    @Override
    public void onTick(long nowNanos) {
        TrackHistory history = fanout.history();
        if (history == null) {
            throw new IllegalStateException("nothing is kept of audio");
        }
        beginNanos = beginNanos == 0 ? nowNanos : beginNanos;
        for (int encoding = 0; encoding < encodings; encoding++) {
            record(encoding, history.of(encoding).newest(), nowNanos);
        }
        if (nowNanos >= keyframeNanos) {
            keyframeNanos = nowNanos + KEYFRAME_INTERVAL_NANOS;
            fanout.requestKeyframe(asked++ % encodings);
        }
    }

    private void record(int encoding, long newest, long nowNanos) {
        if (newest == 0) {
            return;
        }
        next[encoding] = next[encoding] == 0 ? newest : next[encoding];
        while (next[encoding] <= newest) {
            if (fanout.find(next[encoding], packet)) {
                write(encoding, next[encoding], nowNanos);
            } else if (newest - next[encoding] < PATIENCE_PACKETS) {
                return;
            } else {
                missed++;
            }
            next[encoding]++;
        }
    }

    private void write(int encoding, long trackSequence, long nowNanos) {
        int headerBytes = (int) (packet.payloadOffset() - packet.offset());
        int length = headerBytes + Math.min(PAYLOAD_BYTES_MAX, packet.payloadBytes());
        try {
            out.writeByte(encoding);
            out.writeInt((int) ((nowNanos - beginNanos) / 1_000));
            out.writeLong(trackSequence & (1L << INDEX_BITS) - 1);
            out.writeShort(length);
            out.write(
                    packet.memory()
                            .asSlice(packet.offset(), length)
                            .toArray(ValueLayout.JAVA_BYTE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        written[encoding]++;
    }
}
