package io.sluice.server.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One message of a received compound RTCP packet. */
sealed interface RtcpIn {
    /** "REMB". */
    int REMB = 0x52454D42;

    record SenderReport(int ssrc, long ntp, int rtpTimestamp, int packets, int octets)
            implements RtcpIn {}

    record Report(int reporter, RtcpOut.Block block) implements RtcpIn {}

    record Cname(int ssrc, String cname) implements RtcpIn {}

    record Bye(int ssrc) implements RtcpIn {}

    record Nack(int mediaSsrc, List<Integer> sequences) implements RtcpIn {}

    record PictureLoss(int mediaSsrc) implements RtcpIn {}

    record FullIntra(int mediaSsrc) implements RtcpIn {}

    /** Transport-wide numbers with their fate: received or not, in order from the first. */
    record TransportFeedback(int mediaSsrc, int firstSequence, int count, boolean[] received)
            implements RtcpIn {}

    /** draft-alvestrand-rmcat-remb-03 2.2. */
    record MaxBitrate(long bitsPerSecond) implements RtcpIn {}

    record Other(int packetType, int format) implements RtcpIn {}

    /** Empty if any part is malformed: a server's compound packet has to be right as a whole. */
    static Optional<List<RtcpIn>> read(byte[] packet) {
        List<RtcpIn> messages = new ArrayList<>();
        int position = 0;
        while (position < packet.length) {
            if (position + 4 > packet.length || (packet[position] & 0xC0) != 0x80) {
                return Optional.empty();
            }
            int end = position + 4 + 4 * RtpBytes.int16(packet, position + 2);
            if (end > packet.length) {
                return Optional.empty();
            }
            try {
                readOne(packet, position, end, messages);
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                return Optional.empty();
            }
            position = end;
        }
        return messages.isEmpty() ? Optional.empty() : Optional.of(messages);
    }

    private static void readOne(byte[] packet, int start, int end, List<RtcpIn> into) {
        int count = packet[start] & 0x1F;
        int packetType = packet[start + 1] & 0xFF;
        switch (packetType) {
            case 200 -> {
                into.add(
                        new SenderReport(
                                RtpBytes.int32(packet, start + 4),
                                RtpBytes.int64(packet, start + 8),
                                RtpBytes.int32(packet, start + 16),
                                RtpBytes.int32(packet, start + 20),
                                RtpBytes.int32(packet, start + 24)));
                blocks(packet, start, start + 28, count, end, into);
            }
            case 201 -> blocks(packet, start, start + 8, count, end, into);
            case 202 -> cname(packet, start, end, into);
            case 203 -> {
                for (int i = 0; i < count; i++) {
                    into.add(new Bye(RtpBytes.int32(packet, start + 4 + 4 * i)));
                }
            }
            case 205, 206 -> feedback(packet, start, packetType, count, end, into);
            default -> into.add(new Other(packetType, count));
        }
    }

    private static void blocks(
            byte[] packet, int start, int first, int count, int end, List<RtcpIn> into) {
        if (first + 24 * count > end) {
            throw new IllegalArgumentException("report blocks beyond the end");
        }
        for (int position = first; position < first + 24 * count; position += 24) {
            into.add(
                    new Report(
                            RtpBytes.int32(packet, start + 4),
                            new RtcpOut.Block(
                                    RtpBytes.int32(packet, position),
                                    packet[position + 4] & 0xFF,
                                    RtpBytes.int24(packet, position + 5) << 8 >> 8,
                                    RtpBytes.int32(packet, position + 8),
                                    RtpBytes.int32(packet, position + 12),
                                    RtpBytes.int32(packet, position + 16),
                                    RtpBytes.int32(packet, position + 20))));
        }
    }

    private static void cname(byte[] packet, int start, int end, List<RtcpIn> into) {
        if (start + 10 <= end && packet[start + 8] == 1) {
            int length = packet[start + 9] & 0xFF;
            if (start + 10 + length > end) {
                throw new IllegalArgumentException("CNAME beyond the end");
            }
            String text = new String(packet, start + 10, length, StandardCharsets.UTF_8);
            into.add(new Cname(RtpBytes.int32(packet, start + 4), text));
        }
    }

    private static void feedback(
            byte[] packet, int start, int packetType, int format, int end, List<RtcpIn> into) {
        int mediaSsrc = RtpBytes.int32(packet, start + 8);
        if (packetType == 205 && format == 1) {
            List<Integer> sequences = new ArrayList<>();
            for (int position = start + 12; position < end; position += 4) {
                int first = RtpBytes.int16(packet, position);
                int bitmap = RtpBytes.int16(packet, position + 2);
                sequences.add(first);
                for (int bit = 0; bit < 16; bit++) {
                    if ((bitmap >> bit & 1) == 1) {
                        sequences.add((first + bit + 1) & 0xFFFF);
                    }
                }
            }
            into.add(new Nack(mediaSsrc, sequences));
        } else if (packetType == 205 && format == 15) {
            into.add(transportFeedback(packet, start, mediaSsrc, end));
        } else if (packetType == 206 && format == 1) {
            into.add(new PictureLoss(mediaSsrc));
        } else if (packetType == 206 && format == 4) {
            into.add(new FullIntra(RtpBytes.int32(packet, start + 12)));
        } else if (packetType == 206
                && format == 15
                && RtpBytes.int32(packet, start + 12) == REMB) {
            int rate = RtpBytes.int24(packet, start + 17);
            into.add(new MaxBitrate((long) (rate & 0x3FFFF) << (rate >> 18)));
        } else {
            into.add(new Other(packetType, format));
        }
    }

    /** draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1. */
    private static TransportFeedback transportFeedback(
            byte[] packet, int start, int mediaSsrc, int end) {
        int firstSequence = RtpBytes.int16(packet, start + 12);
        int count = RtpBytes.int16(packet, start + 14);
        boolean[] received = new boolean[count];
        int position = start + 20;
        int deltaBytes = 0;
        int next = 0;
        while (next < count) {
            int chunk = RtpBytes.int16(packet, position);
            position += 2;
            boolean vector = (chunk & 0x8000) != 0;
            boolean wide = (chunk & 0x4000) != 0;
            int symbols = vector ? (wide ? 7 : 14) : chunk & 0x1FFF;
            for (int i = 0; i < symbols && next < count; i++) {
                int symbol;
                if (!vector) {
                    symbol = chunk >> 13 & 3;
                } else if (wide) {
                    symbol = (chunk >> (2 * (6 - i))) & 3;
                } else {
                    symbol = chunk >> (13 - i) & 1;
                }
                received[next++] = symbol == 1 || symbol == 2;
                deltaBytes += symbol == 3 ? 0 : symbol;
            }
        }
        if (position + deltaBytes > end) {
            throw new IllegalArgumentException("deltas beyond the end");
        }
        return new TransportFeedback(mediaSsrc, firstSequence, count, received);
    }
}
