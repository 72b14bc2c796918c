package io.sluice.api.rest;

import io.sluice.rtp.PacketRecord;
import io.sluice.rtp.PacketRecord.Direction;
import io.sluice.rtp.PacketRecord.Excerpt;
import io.sluice.rtp.PacketRecord.Packet;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/**
 * Headers of packets as a capture that Wireshark and tcpdump open (the format of libpcap, times in
 * nanoseconds). Addresses are of a block for documentation (RFC 5737), 192.0.2.1 for the client and 192.0.2.2
 * for the server; each connection of the client has a port of its own.
 */
final class PcapFile {
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final int IP_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int MAGIC_OF_NANOS = 0xa1b23c4d;
    private static final int SNAP_BYTES = 65_535;

    /** The link's header is left out: an IP packet stands at the beginning. */
    private static final int LINK_RAW = 101;

    private static final int CLIENT = 0xc0000201;
    private static final int SERVER = 0xc0000202;
    private static final int FIRST_PORT = 5_000;
    private static final byte IPV4_OF_FIVE_WORDS = 0x45;
    private static final byte TTL = 64;
    private static final byte UDP = 17;

    private PcapFile() {}

    /** All excerpts, one after the other, each with a port of its own. */
    static byte[] of(List<Excerpt> excerpts, Instant now) {
        int packets = excerpts.stream().mapToInt(excerpt -> excerpt.packets().size()).sum();
        int most = RECORD_HEADER_BYTES + IP_BYTES + UDP_BYTES + PacketRecord.HEADER_BYTES;
        ByteBuffer file = ByteBuffer.allocate(FILE_HEADER_BYTES + packets * most);
        file.putInt(MAGIC_OF_NANOS).putShort((short) 2).putShort((short) 4);
        file.putInt(0).putInt(0).putInt(SNAP_BYTES).putInt(LINK_RAW);
        for (int i = 0; i < excerpts.size(); i++) {
            Excerpt excerpt = excerpts.get(i);
            for (Packet packet : excerpt.packets()) {
                Instant time = now.minusNanos(excerpt.nowNanos() - packet.nanos());
                write(file, packet, time, FIRST_PORT + i);
            }
        }
        byte[] bytes = new byte[file.position()];
        file.flip().get(bytes);
        return bytes;
    }

    private static void write(ByteBuffer file, Packet packet, Instant time, int port) {
        int kept = Math.min(packet.sizeBytes(), PacketRecord.HEADER_BYTES);
        file.putInt((int) time.getEpochSecond()).putInt(time.getNano());
        file.putInt(IP_BYTES + UDP_BYTES + kept).putInt(IP_BYTES + UDP_BYTES + packet.sizeBytes());
        boolean received = packet.direction() == Direction.RECEIVED;
        int ip = file.position();
        file.put(IPV4_OF_FIVE_WORDS).put((byte) 0);
        file.putShort((short) (IP_BYTES + UDP_BYTES + packet.sizeBytes()));
        file.putInt(0).put(TTL).put(UDP).putShort((short) 0);
        file.putInt(received ? CLIENT : SERVER).putInt(received ? SERVER : CLIENT);
        file.putShort(ip + 10, checksum(file, ip));
        file.putShort((short) port).putShort((short) port);
        // Without a checksum (RFC 768): the content is not all there.
        file.putShort((short) (UDP_BYTES + packet.sizeBytes())).putShort((short) 0);
        ByteBuffer head = ByteBuffer.allocate(PacketRecord.HEADER_BYTES);
        head.putLong(packet.head()).putInt(packet.more());
        file.put(head.array(), 0, kept);
    }

    /** RFC 791 3.1. */
    private static short checksum(ByteBuffer file, int ip) {
        int sum = 0;
        for (int i = 0; i < IP_BYTES; i += Short.BYTES) {
            sum += Short.toUnsignedInt(file.getShort(ip + i));
        }
        int folded = (sum & 0xffff) + (sum >>> 16);
        return (short) ~((folded & 0xffff) + (folded >>> 16));
    }
}
