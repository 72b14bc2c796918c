package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.room.RoomCommand;
import io.sluice.room.Rooms;
import io.sluice.rtp.PacketRecord;
import io.sluice.rtp.PacketRecord.Excerpt;
import io.sluice.rtp.PacketRecord.Kind;
import io.sluice.rtp.PacketRecord.Packet;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Has the headers of a participant's packets kept, and hands them out. Used from all event loops. */
final class PacketOperations {
    private static final String PACKETS = RoomOperations.ROOM + "/participants/{identity}/packets";

    private static final List<String> COLUMNS =
            List.of(
                    "time",
                    "direction",
                    "kind",
                    "sizeBytes",
                    "payloadType",
                    "marker",
                    "sequence",
                    "timestamp",
                    "ssrc");

    private final Rooms rooms;
    private final Clock clock;

    PacketOperations(Rooms rooms, Clock clock) {
        this.rooms = rooms;
        this.clock = clock;
    }

    List<Operation> operations() {
        Observation.Format<List<Excerpt>> capture =
                new Observation.Format<>("pcap", "application/vnd.tcpdump.pcap", this::capture);
        return new Observation<>(
                        rooms,
                        PACKETS,
                        "recorded",
                        RoomCommand.RecordPackets::new,
                        this::table,
                        capture)
                .operations();
    }

    private Buffer capture(Optional<List<Excerpt>> kept) {
        return Buffer.buffer(PcapFile.of(kept.orElse(List.of()), clock.instant()));
    }

    private ObjectNode table(String identity, Optional<List<Excerpt>> kept) {
        Instant now = clock.instant();
        ObjectNode node =
                RestJson.object().put("identity", identity).put("recorded", kept.isPresent());
        ArrayNode columns = node.putArray("columns");
        COLUMNS.forEach(columns::add);
        ArrayNode lines = node.putArray("packets");
        for (Excerpt excerpt : kept.orElse(List.of())) {
            for (Packet packet : excerpt.packets()) {
                fill(lines.addArray(), packet, now.minusNanos(excerpt.nowNanos() - packet.nanos()));
            }
        }
        return node;
    }

    /** RFC 3550 5.1; of other packets only what every packet has. */
    private static void fill(ArrayNode line, Packet packet, Instant time) {
        line.add(time.toString())
                .add(RestJson.wireName(packet.direction()))
                .add(RestJson.wireName(packet.kind()))
                .add(packet.sizeBytes());
        if (packet.kind() == Kind.RTP && packet.sizeBytes() >= PacketRecord.HEADER_BYTES) {
            long head = packet.head();
            line.add((int) (head >>> 48) & 0x7f)
                    .add((head >>> 55 & 1) == 1)
                    .add((int) (head >>> 32) & 0xffff)
                    .add(head & 0xffff_ffffL)
                    .add(Integer.toUnsignedLong(packet.more()));
        } else {
            line.addNull().addNull().addNull().addNull().addNull();
        }
    }
}
