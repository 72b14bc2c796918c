package io.sluice.forward;

import io.sluice.codec.Codec;
import io.sluice.codec.DependencyDescriptors;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Encodes one encoding of nothing into layers as browsers do, temporal layers 0 2 1 2 and spatial layers on each
 * other, or with {@code onKeyOnly} in keyframes only.
 */
final class Encoder {
    private static final int CYCLE = 4;
    private static final int[] TEMPORAL = {0, 2, 1, 2};

    /** Of the template within its spatial layer, by place in the cycle; 0 is a keyframe's. */
    private static final int[] TEMPLATE = {1, 3, 2, 4};

    private static final int TEMPLATES = 5;
    private static final long FRAME_NANOS = 33_000_000;
    private static final int FRAME_TICKS = 3_000;

    private final Tape.Builder tape;
    private final Codec codec;
    private final int encoding;
    private final int spatialLayers;
    private final boolean temporal;
    private final boolean onKeyOnly;
    private final Random random;
    private final int firstTimestamp;
    private final List<DependencyDescriptors> descriptors = new ArrayList<>();

    private long sequence;
    private int pictureId;
    private int tl0;
    private int keyIdx;
    private int frameNumber;
    private int cycle;

    /** Tape index of the last frame, by spatial layer and place in the cycle. */
    private final int[][] last;

    private final int[][] lastNumbers;

    Encoder(
            Tape.Builder tape,
            Codec codec,
            int encoding,
            int spatialLayers,
            boolean temporal,
            boolean onKeyOnly,
            boolean describes,
            Random random) {
        this.tape = tape;
        this.codec = codec;
        this.encoding = encoding;
        this.spatialLayers = spatialLayers;
        this.temporal = temporal;
        this.onKeyOnly = onKeyOnly;
        this.random = random;
        firstTimestamp = random.nextInt();
        sequence = 65_536L + random.nextInt(60_000);
        pictureId = random.nextInt(1 << 15);
        tl0 = random.nextInt(256);
        keyIdx = random.nextInt(32);
        frameNumber = random.nextInt(1 << 16);
        last = new int[spatialLayers][CYCLE];
        lastNumbers = new int[spatialLayers][CYCLE];
        if (describes) {
            descriptors.add(structure(random.nextInt(64)));
        }
    }

    private DependencyDescriptors structure(int idOffset) {
        DependencyDescriptors all = new DependencyDescriptors(idOffset);
        int temporals = temporal ? 3 : 1;
        for (int s = 0; s < spatialLayers; s++) {
            for (int template = 0; template < (temporal ? TEMPLATES : 2); template++) {
                int t = template < 2 ? 0 : template == 2 ? 1 : 2;
                boolean key = template == 0;
                StringBuilder dtis = new StringBuilder();
                for (int target = 0; target < spatialLayers; target++) {
                    boolean present = s == target || (s < target && (key || !onKeyOnly));
                    for (int top = 0; top < temporals; top++) {
                        boolean within = present && t <= top;
                        boolean discardable = t > 0 && t == top;
                        String own = discardable ? "D" : "S";
                        dtis.append(!within ? "-" : key ? "S" : s < target ? "R" : own);
                    }
                }
                all.template(s, t, dtis.toString(), List.of());
            }
        }
        return all;
    }

    /** RTP time of a picture. */
    int timestamp(int picture) {
        return firstTimestamp + picture * FRAME_TICKS;
    }

    /** One picture; a keyframe, and true, if that is wanted and the cycle is at its end. */
    boolean picture(int number, boolean keyWanted) {
        boolean key = keyWanted && cycle == 0;
        int t = temporal ? TEMPORAL[cycle] : 0;
        if (number > 0) {
            pictureId = pictureId + 1 & 0x7fff;
        }
        tl0 = t == 0 ? tl0 + 1 & 0xff : tl0;
        keyIdx = key ? keyIdx + 1 & 0x1f : keyIdx;
        for (int s = 0; s < spatialLayers; s++) {
            frame(number, s, t, key);
        }
        cycle = temporal ? (cycle + 1) % CYCLE : 0;
        return key;
    }

    private void frame(int number, int s, int t, boolean key) {
        List<Integer> references = new ArrayList<>();
        List<Integer> diffs = new ArrayList<>();
        if (s > 0 && (key || !onKeyOnly)) {
            references.add(last[s - 1][cycle]);
            diffs.add(frameNumber - lastNumbers[s - 1][cycle]);
        }
        if (!key) {
            // The second of the highest temporal layer refers to the middle one, the others to the
            // lowest.
            int to = cycle == 3 ? 2 : 0;
            references.add(last[s][to]);
            diffs.add(frameNumber - lastNumbers[s][to]);
        }
        int packets = 1 + random.nextInt(3) + (key && hasParameterSets() ? 1 : 0);
        long atNanos = 1_000_000_000L + number * FRAME_NANOS;
        int index =
                tape.frame(
                        new Tape.Frame(
                                encoding,
                                s,
                                t,
                                key,
                                packets,
                                timestamp(number),
                                atNanos,
                                references));
        for (int i = 0; i < packets; i++) {
            boolean end = i == packets - 1;
            tape.packet(
                    new Tape.Packet(
                            encoding,
                            sequence++,
                            timestamp(number),
                            end && s == spatialLayers - 1,
                            descriptor(i == 0, end, s, key, diffs),
                            payload(i, i == 0, end, s, t, key, diffs),
                            index,
                            i,
                            atNanos + 100_000L * i));
        }
        last[s][cycle] = index;
        lastNumbers[s][cycle] = frameNumber;
        frameNumber++;
    }

    private boolean hasParameterSets() {
        return codec == Codec.H264 || codec == Codec.H265;
    }

    private byte[] descriptor(boolean start, boolean end, int s, boolean key, List<Integer> diffs) {
        if (descriptors.isEmpty()) {
            return new byte[0];
        }
        int perLayer = temporal ? TEMPLATES : 2;
        int template = s * perLayer + (key ? 0 : TEMPLATE[cycle]);
        boolean first = key && s == 0 && start;
        return descriptors.getFirst().write(start, end, template, frameNumber, first, 0, diffs);
    }

    private byte[] payload(
            int inFrame,
            boolean start,
            boolean end,
            int s,
            int t,
            boolean key,
            List<Integer> diffs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (codec) {
            case VP8 -> {
                out.write(start ? 0x90 : 0x80);
                out.write(temporal ? 0xf0 : 0xd0);
                out.write(0x80 | pictureId >> 8);
                out.write(pictureId);
                out.write(tl0);
                boolean sync = cycle == 1 || cycle == 2;
                out.write(t << 6 | (sync ? 0x20 : 0) | keyIdx);
                out.write(key ? 0 : 1);
            }
            case VP9 -> {
                boolean flexible = onKeyOnly;
                boolean predicted = !key;
                boolean interLayer = s > 0 && (key || !onKeyOnly);
                out.write(
                        0xa0
                                | (predicted ? 0x40 : 0)
                                | (flexible ? 0x10 : 0)
                                | (start ? 8 : 0)
                                | (end ? 4 : 0));
                out.write(0x80 | pictureId >> 8);
                out.write(pictureId);
                out.write(t << 5 | 0x10 | s << 1 | (interLayer ? 1 : 0));
                if (!flexible) {
                    out.write(tl0);
                } else if (predicted) {
                    out.write((diffs.getLast() / spatialLayers) << 1);
                }
            }
            case AV1 -> {
                out.write(key && start && s == 0 ? 0x18 : 0x10);
                out.write(key && start && s == 0 ? 0x08 : 0x30);
            }
            case H264 -> {
                if (key) {
                    out.write(inFrame == 0 ? 0x67 : 0x65);
                    out.write(inFrame <= 1 ? 0x88 : 0x44);
                } else {
                    out.write(0x41);
                    out.write(start ? 0x9a : 0x4a);
                }
            }
            case H265 -> unit(out, inFrame, start, end, t, key);
            case OPUS -> throw new IllegalArgumentException("not encoded here");
        }
        byte[] rest = new byte[8 + random.nextInt(8)];
        Arrays.fill(rest, (byte) 0x11);
        out.writeBytes(rest);
        return out.toByteArray();
    }

    /** Sets of parameters and slices in a packet each in a keyframe; else one slice in fragments. */
    private void unit(
            ByteArrayOutputStream out,
            int inFrame,
            boolean start,
            boolean end,
            int t,
            boolean key) {
        boolean accesses = cycle == 1 || cycle == 2;
        int type = accesses ? 3 : 1;
        if (key) {
            out.write((inFrame == 0 ? 33 : 19) << 1);
            out.write(1);
            out.write(inFrame == 1 ? 0x80 : 0x2a);
        } else if (start && end) {
            out.write(type << 1);
            out.write(t + 1);
            out.write(0x80);
        } else {
            out.write(49 << 1);
            out.write(t + 1);
            out.write((start ? 0x80 : 0) | (end ? 0x40 : 0) | type);
            out.write(start ? 0x80 : 0x2a);
        }
    }
}
