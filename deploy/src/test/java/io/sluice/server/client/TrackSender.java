package io.sluice.server.client;

import io.sluice.server.client.ClientSection.Kind;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Publishes one track: makes its frames, keeps what was sent, resends what is asked for.
 *
 * <p>Owned by the client's loop.
 */
final class TrackSender {
    private static final int PACKET_BYTES = 1_400;
    private static final int KEYFRAME_FACTOR = 2;

    /** RFC 6464 3: voice activity. */
    private static final int VOICE = 0x80;

    private static final int HISTORY_PACKETS = 1_024;

    /** Browsers leave the names of encodings out once a report shows that they were understood. */
    private static final int NAMED_PACKETS = 100;

    /** Where packets go. */
    interface Out {
        int nextTransportSequence();

        /** Protects and sends; returns the protected bytes. */
        byte[] send(byte[] packet, int length);

        /** Sends protected bytes once more. */
        void again(byte[] protectedPacket);
    }

    private record Kept(boolean marker, int timestamp, byte[] payload, byte[] protectedPacket) {}

    private final ClientSection section;
    private final ClientSection.Encoding encoding;
    private final ClientSection.Sender shape;
    private final int publisher;
    private final boolean rtx;
    private final Out out;
    private final byte[] packet = new byte[PACKET_BYTES];
    private final int firstTimestamp;
    private final Map<Integer, Kept> history =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Integer, Kept> eldest) {
                    return size() > HISTORY_PACKETS;
                }
            };

    private int sequence;
    private int rtxSequence;
    private int pictureId;
    private int frame;
    private boolean keyframeWanted = true;

    /** In frames, of who sends no keyframe for the asking; 0: for the asking only. */
    private int keyframeInterval;

    private long startNanos;
    private boolean started;
    private boolean paused;
    private int audioLevel = 30;
    private long packets;
    private long octets;
    private long keyframes;
    private long nacks;
    private long askedFor;
    private long resent;
    private long forgotten;
    private long pictureLosses;
    private long reportBlocks;
    private int cumulativeLost;

    TrackSender(
            ClientSection section,
            ClientSection.Encoding encoding,
            ClientSection.Sender shape,
            int publisher,
            boolean rtx,
            Out out,
            SplittableRandom random) {
        this.section = section;
        this.encoding = encoding;
        this.shape = shape;
        this.publisher = publisher;
        this.rtx = rtx;
        this.out = out;
        firstTimestamp = random.nextInt();
        // Soon to wrap, in every test.
        sequence = 0x10000 - random.nextInt(100, 300);
        // Below half: a first packet that is lost must leave no doubt about the wraps (RFC 3711
        // 3.3.1).
        rtxSequence = random.nextInt(0x8000);
        pictureId = random.nextInt(0x8000);
    }

    int nextSequence() {
        return sequence;
    }

    ClientSection section() {
        return section;
    }

    int ssrc() {
        return encoding.ssrc();
    }

    /** Leaves frames out from now on, without a word, or goes on with a keyframe. */
    void pause(boolean on) {
        keyframeWanted |= paused && !on;
        paused = on;
    }

    /** Sends a keyframe every so many frames from now on, and none for the asking. */
    void keyframesOnlyEvery(int frames) {
        keyframeInterval = frames;
    }

    /** When its first frame is due, whenever that is sent: all encodings of a track show the same pictures. */
    void begin(long nowNanos) {
        started = true;
        startNanos = nowNanos;
    }

    /** Sends the next frame; returns when the one after it is due. */
    long sendFrame(long nowNanos, long wallNanos) {
        if (!started) {
            begin(nowNanos);
        }
        if (!paused) {
            sendFrame(wallNanos);
        }
        frame++;
        pictureId = pictureId + 1 & 0x7FFF;
        return startNanos + frame * 1_000_000_000L / shape.framesPerSecond();
    }

    private void sendFrame(long wallNanos) {
        boolean video = section.kind() == Kind.VIDEO;
        boolean due = keyframeInterval > 0 && frame % keyframeInterval == 0;
        boolean keyframe = video && (keyframeWanted || due);
        int usual = shape.packetsPerFrame() << encoding.index();
        int count = keyframe ? usual * KEYFRAME_FACTOR : usual;
        int timestamp =
                (int)
                        (firstTimestamp
                                + (long) frame
                                        * section.kind().clockHz()
                                        / shape.framesPerSecond());
        for (int index = 0; index < count; index++) {
            MediaPattern pattern =
                    new MediaPattern(
                            publisher, frame, index, count, encoding.index(), keyframe, wallNanos);
            sendPacket(pattern, timestamp, video);
        }
        if (keyframe) {
            keyframes++;
            keyframeWanted = false;
        }
    }

    private void sendPacket(MediaPattern pattern, int timestamp, boolean video) {
        boolean marker = video && pattern.index() == pattern.packets() - 1;
        int header =
                RtpBytes.writeHeader(
                        packet,
                        section.numbers().payloadType(),
                        marker,
                        sequence,
                        timestamp,
                        encoding.ssrc(),
                        extensions(ClientSection.RID));
        int start = header;
        if (video) {
            start +=
                    Vp8Payload.write(
                            packet,
                            header,
                            pictureId,
                            pattern.index() == 0,
                            pattern.keyframe(),
                            encoding.index());
        }
        pattern.write(packet, start, shape.payloadBytes());
        int length = start + shape.payloadBytes();
        byte[] payload = new byte[length - header];
        System.arraycopy(packet, header, payload, 0, payload.length);
        byte[] sent = out.send(packet, length);
        history.put(sequence, new Kept(marker, timestamp, payload, sent));
        sequence = sequence + 1 & 0xFFFF;
        packets++;
        octets += payload.length;
    }

    /** What names the encoding is left out after a while. */
    private Map<Integer, byte[]> extensions(String name) {
        Map<Integer, byte[]> values = new LinkedHashMap<>();
        section.numbers()
                .extensions()
                .forEach((uri, id) -> {
                    switch (uri) {
                        case ClientSection.MID ->
                                values.put(id, section.mid().getBytes(StandardCharsets.UTF_8));
                        case ClientSection.RID, ClientSection.REPAIRED_RID -> {
                            if (uri.equals(name) && packets + resent < NAMED_PACKETS) {
                                values.put(id, encoding.rid().getBytes(StandardCharsets.UTF_8));
                            }
                        }
                        case ClientSection.AUDIO_LEVEL ->
                                values.put(id, new byte[] {(byte) (VOICE | audioLevel)});
                        case ClientSection.TRANSPORT_WIDE -> {
                            byte[] number = new byte[2];
                            RtpBytes.putInt16(number, 0, out.nextTransportSequence());
                            values.put(id, number);
                        }
                        default -> throw new IllegalStateException(uri);
                    }
                });
        return values;
    }

    void audioLevel(int level) {
        audioLevel = level;
    }

    void onNack(List<Integer> sequences) {
        nacks++;
        for (int lost : sequences) {
            askedFor++;
            Kept kept = history.get(lost);
            if (kept == null) {
                forgotten++;
                continue;
            }
            resent++;
            if (rtx) {
                resendByRtx(lost, kept);
            } else {
                out.again(kept.protectedPacket);
            }
        }
    }

    /** RFC 4588 4: own SSRC and numbers, the original number before the payload. */
    private void resendByRtx(int original, Kept kept) {
        int header =
                RtpBytes.writeHeader(
                        packet,
                        section.numbers().rtxPayloadType(),
                        kept.marker,
                        rtxSequence,
                        kept.timestamp,
                        encoding.rtxSsrc(),
                        extensions(ClientSection.REPAIRED_RID));
        rtxSequence = rtxSequence + 1 & 0xFFFF;
        RtpBytes.putInt16(packet, header, original);
        System.arraycopy(kept.payload, 0, packet, header + 2, kept.payload.length);
        byte[] unused = out.send(packet, header + 2 + kept.payload.length);
    }

    void onPictureLoss() {
        pictureLosses++;
        keyframeWanted |= keyframeInterval == 0;
    }

    void onReportBlock(RtcpOut.Block block) {
        reportBlocks++;
        cumulativeLost = block.cumulativeLost();
    }

    /** Adds its sender report, with blocks about what the client receives. */
    void report(RtcpOut rtcp, long nowNanos, long wallNanos, List<RtcpOut.Block> blocks) {
        long elapsed = (nowNanos - startNanos) / 1_000 * section.kind().clockHz() / 1_000_000;
        RtcpOut unused =
                rtcp.senderReport(
                        encoding.ssrc(),
                        RtcpOut.ntp(wallNanos),
                        (int) (firstTimestamp + elapsed),
                        (int) packets,
                        (int) octets,
                        blocks);
    }

    boolean hasSent() {
        return packets > 0;
    }

    ClientStatistics.Sent statistics() {
        return new ClientStatistics.Sent(
                section.mid(),
                section.kind().name(),
                encoding.index(),
                packets,
                frame,
                keyframes,
                nacks,
                askedFor,
                resent,
                forgotten,
                pictureLosses,
                reportBlocks,
                cumulativeLost,
                rtx);
    }
}
