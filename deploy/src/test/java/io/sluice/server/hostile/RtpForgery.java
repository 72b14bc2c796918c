package io.sluice.server.hostile;

import java.nio.ByteBuffer;

/** RTP and RTCP packets in clear, with whatever header one likes. */
public final class RtpForgery {
    private static final byte[] VP8_INTERFRAME = {0x10, 0x01, 0x00, 0x00, 1, 2, 3, 4, 5};

    private RtpForgery() {}

    /** A packet of media; {@code first} is the byte with version, padding, extension and CSRC count. */
    public static byte[] rtp(
            int first, int payloadType, int sequence, int timestamp, int ssrc, byte[] rest) {
        return ByteBuffer.allocate(12 + rest.length)
                .put((byte) first)
                .put((byte) payloadType)
                .putShort((short) sequence)
                .putInt(timestamp)
                .putInt(ssrc)
                .put(rest)
                .array();
    }

    /** What a publisher might have sent. */
    public static byte[] rtp(int payloadType, int sequence, int ssrc) {
        return rtp(0x80, payloadType, sequence, 3_000 * sequence, ssrc, VP8_INTERFRAME);
    }

    /** An extension block before a payload. */
    public static byte[] extended(int profile, int words, byte[] elements) {
        return ByteBuffer.allocate(4 + elements.length + VP8_INTERFRAME.length)
                .putShort((short) profile)
                .putShort((short) words)
                .put(elements)
                .put(VP8_INTERFRAME)
                .array();
    }

    /** An RTCP packet whose length field is right; {@code body} begins after the sender's SSRC. */
    public static byte[] rtcp(int count, int type, int senderSsrc, byte[] body) {
        return rtcp(count, type, 1 + body.length / 4, senderSsrc, body);
    }

    public static byte[] rtcp(int count, int type, int words, int senderSsrc, byte[] body) {
        return ByteBuffer.allocate(8 + body.length)
                .put((byte) (0x80 | count))
                .put((byte) type)
                .putShort((short) words)
                .putInt(senderSsrc)
                .put(body)
                .array();
    }

    public static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    /** A NACK of everything from {@code first} on that fits one packet. */
    public static byte[] nackEverything(int senderSsrc, int mediaSsrc, int first, int pairs) {
        int[] body = new int[1 + pairs];
        body[0] = mediaSsrc;
        for (int i = 0; i < pairs; i++) {
            body[i + 1] = (first + 17 * i) << 16 | 0xffff;
        }
        return rtcp(1, 205, senderSsrc, ints(body));
    }

    /**
     * Transport-wide feedback of one chunk.
     *
     * @param chunk of 16 bits, as it stands there
     * @param deltas as they stand there
     */
    public static byte[] transportWide(
            int senderSsrc, int base, int statuses, int reference, int chunk, byte[] deltas) {
        byte[] body =
                ByteBuffer.allocate(4 + 8 + (2 + deltas.length + 3) / 4 * 4)
                        .putInt(senderSsrc)
                        .putShort((short) base)
                        .putShort((short) statuses)
                        .putInt(reference << 8)
                        .putShort((short) chunk)
                        .put(deltas)
                        .array();
        return rtcp(15, 205, senderSsrc, body);
    }

    /** REMB: {@code mantissa} of 18 bits times 2 to the {@code exponent}. */
    public static byte[] remb(int senderSsrc, int exponent, int mantissa) {
        return rtcp(
                15,
                206,
                senderSsrc,
                ints(0, 0x52454d42, 1 << 24 | exponent << 18 | mantissa, senderSsrc));
    }

    public static byte[] join(byte[]... packets) {
        int length = 0;
        for (byte[] packet : packets) {
            length += packet.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] packet : packets) {
            all.put(packet);
        }
        return all.array();
    }
}
