package io.sluice.forward;

import io.sluice.codec.Codec;
import io.sluice.codec.DependencyReader;
import io.sluice.codec.PayloadFormat;
import io.sluice.codec.PayloadInfo;
import io.sluice.rtp.RtpPacket;
import io.sluice.rtp.TrackSequence;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What Chromium sent once, read as a {@link Tape}. A file has the codec's name, the id of the dependency descriptor,
 * and then for each packet its encoding, microseconds since the first, and the RTP packet with its payload cut short:
 * pictures are of no use here. What refers to what is what the descriptors say.
 */
final class Capture {
    private static final long START_NANOS = 1_000_000_000L;

    private record Recorded(int encoding, long nanos, long sequence, RtpPacket packet) {}

    private final Codec codec;
    private final int descriptorId;
    private final List<Recorded> recorded = new ArrayList<>();
    private int temporalLayers = 1;
    private int spatialLayers = 1;
    private int encodings = 1;

    private Capture(DataInputStream in) throws IOException {
        codec = Codec.valueOf(in.readUTF());
        descriptorId = in.readUnsignedByte();
        while (in.available() > 0) {
            int encoding = in.readUnsignedByte();
            long nanos = START_NANOS + 1_000L * in.readInt();
            long sequence = in.readLong();
            byte[] bytes = new byte[in.readUnsignedShort()];
            in.readFully(bytes);
            RtpPacket packet = new RtpPacket();
            if (!packet.wrap(MemorySegment.ofArray(bytes), 0, bytes.length)) {
                throw new EOFException("a packet is malformed");
            }
            if (packet.payloadBytes() > 0) {
                recorded.add(new Recorded(encoding, nanos, sequence, packet));
                encodings = Math.max(encodings, encoding + 1);
            }
        }
        dropUndescribed();
    }

    /** What came before the first structure of its encoding cannot be read. */
    private void dropUndescribed() {
        DependencyReader[] readers = new DependencyReader[encodings];
        PayloadInfo info = new PayloadInfo();
        recorded.sort(
                Comparator.comparingInt(Recorded::encoding).thenComparingLong(Recorded::sequence));
        recorded.removeIf(one -> {
            DependencyReader reader = readers[one.encoding];
            if (reader == null) {
                reader = new DependencyReader();
                readers[one.encoding] = reader;
            }
            byte[] descriptor = descriptor(one.packet);
            reader.read(MemorySegment.ofArray(descriptor), 0, descriptor.length, info);
            return info.structure() == null;
        });
        recorded.sort(Comparator.comparingLong(Recorded::nanos));
    }

    static Capture load(String name) {
        try (InputStream in = Capture.class.getResourceAsStream("/captures/" + name + ".rtp")) {
            if (in == null) {
                throw new IllegalArgumentException("no capture " + name);
            }
            return new Capture(new DataInputStream(new java.io.BufferedInputStream(in)));
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    int encodings() {
        return encodings;
    }

    int spatialLayers() {
        return spatialLayers;
    }

    int temporalLayers() {
        return temporalLayers;
    }

    /** One encoding's packets in order, on the places that they have among all. */
    private List<Recorded> inOrder() {
        List<Recorded> ordered = new ArrayList<>(recorded);
        for (int encoding = 0; encoding < encodings; encoding++) {
            int of = encoding;
            List<Integer> places = new ArrayList<>();
            List<Recorded> own = new ArrayList<>();
            for (int i = 0; i < recorded.size(); i++) {
                if (recorded.get(i).encoding == of) {
                    places.add(i);
                    own.add(recorded.get(i));
                }
            }
            own.sort(Comparator.comparingLong(Recorded::sequence));
            for (int i = 0; i < own.size(); i++) {
                ordered.set(places.get(i), own.get(i));
            }
        }
        return ordered;
    }

    /** A frame that is being read. */
    private static final class Open {
        private long number = -1;
        private int timestamp;
        private int spatial;
        private boolean key;
        private int temporal;
        private long nanos;
        private final List<Integer> references = new ArrayList<>();
        private final List<Integer> places = new ArrayList<>();
    }

    /**
     * The tape.
     *
     * @param described whether it has the descriptors: without them payload headers have to do
     */
    Tape tape(boolean described) {
        List<Recorded> all = inOrder();
        int[] frames = new int[all.size()];
        int[] inFrame = new int[all.size()];
        Tape.Builder tape = new Tape.Builder(codec);
        List<Open> opened = new ArrayList<>();
        for (int encoding = 0; encoding < encodings; encoding++) {
            open(all, encoding, opened);
        }
        opened.sort(Comparator.comparingInt(frame -> frame.places.getFirst()));
        Map<Long, Integer> indexes = new HashMap<>();
        for (int index = 0; index < opened.size(); index++) {
            Open frame = opened.get(index);
            indexes.put(frame.number, index);
            for (int i = 0; i < frame.places.size(); i++) {
                frames[frame.places.get(i)] = index;
                inFrame[frame.places.get(i)] = i;
            }
        }
        for (Open frame : opened) {
            List<Integer> references = new ArrayList<>();
            long encoding = TrackSequence.encoding(frame.number);
            for (int diff : frame.references) {
                Integer reference = indexes.get(frame.number - diff);
                if (reference != null) {
                    references.add(reference);
                }
            }
            tape.frame(
                    new Tape.Frame(
                            (int) encoding,
                            frame.spatial,
                            frame.temporal,
                            frame.key,
                            frame.places.size(),
                            frame.timestamp,
                            frame.nanos,
                            references));
        }
        long[] sequences = {70_000, 80_000, 90_000};
        for (int i = 0; i < all.size(); i++) {
            Recorded one = all.get(i);
            tape.packet(
                    new Tape.Packet(
                            one.encoding,
                            sequences[one.encoding]++,
                            one.packet.timestamp(),
                            one.packet.marker(),
                            described ? descriptor(one.packet) : new byte[0],
                            payload(one.packet),
                            frames[i],
                            inFrame[i],
                            one.nanos));
        }
        return tape.build();
    }

    private void open(List<Recorded> all, int encoding, List<Open> opened) {
        DependencyReader reader = new DependencyReader();
        PayloadFormat format = PayloadFormat.of(codec);
        PayloadInfo info = new PayloadInfo();
        Open current = new Open();
        long keyframe = Long.MIN_VALUE;
        for (int i = 0; i < all.size(); i++) {
            Recorded one = all.get(i);
            if (one.encoding != encoding) {
                continue;
            }
            byte[] payload = payload(one.packet);
            MemorySegment memory = MemorySegment.ofArray(payload);
            format.read(memory, 0, payload.length, one.packet.marker(), info);
            byte[] descriptor = descriptor(one.packet);
            reader.read(MemorySegment.ofArray(descriptor), 0, descriptor.length, info);
            if (info.structure() == null) {
                throw new IllegalStateException("a packet without a descriptor: " + i);
            }
            long number = TrackSequence.of(encoding, info.frameNumber());
            if (number != current.number) {
                current = new Open();
                current.number = number;
                current.timestamp = one.packet.timestamp();
                current.nanos = one.nanos;
                current.spatial = info.spatialLayer();
                current.temporal = info.temporalLayer();
                keyframe = info.independent() && info.diffCount() == 0 ? number : keyframe;
                for (int k = 0; k < info.diffCount(); k++) {
                    // Where its encoder dropped the frame that is meant, Chromium names the one
                    // that had its place before the keyframe, which has put itself there.
                    if (number - info.diff(k) >= keyframe) {
                        current.references.add(info.diff(k));
                    }
                }
                opened.add(current);
            }
            current.key |= info.independent();
            current.places.add(i);
            temporalLayers = Math.max(temporalLayers, info.temporalLayer() + 1);
            spatialLayers = Math.max(spatialLayers, info.spatialLayer() + 1);
        }
    }

    private byte[] descriptor(RtpPacket packet) {
        int bytes = packet.find(descriptorId);
        return bytes == RtpPacket.ABSENT
                ? new byte[0]
                : packet.memory()
                        .asSlice(packet.foundOffset(), bytes)
                        .toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] payload(RtpPacket packet) {
        return packet.memory()
                .asSlice(packet.payloadOffset(), packet.payloadBytes())
                .toArray(ValueLayout.JAVA_BYTE);
    }
}
