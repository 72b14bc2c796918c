package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.room.Room;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;

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
        return List.of(
                Operation.post(PACKETS, Operation.Access.BEARER, this::turn),
                Operation.get(PACKETS, Operation.Access.BEARER, this::read));
    }

    private Room administered(Call call, Set<String> query) throws Refusal {
        String name = call.room();
        call.requireAdminOf(name);
        call.requireQueryOf(query);
        return RoomOperations.find(rooms, name);
    }

    private void turn(Call call) throws Refusal {
        Room room = administered(call, Set.of());
        Boolean recorded = call.body().flag("recorded");
        call.body().requireNoOthers();
        if (recorded == null) {
            throw Fields.invalid("recorded", "is missing");
        }
        String identity = call.parameter("identity");
        call.await(
                order(room, identity, Optional.of(recorded)),
                excerpts ->
                        call.answer(
                                200,
                                RestJson.object()
                                        .put("identity", identity)
                                        .put("recorded", excerpts.isPresent())));
    }

    private void read(Call call) throws Refusal {
        String identity = call.parameter("identity");
        Room room = administered(call, Set.of("format"));
        String format = call.query("format");
        boolean pcap = "pcap".equals(format);
        if (format != null && !pcap && !format.equals("json")) {
            throw Refusal.invalid("invalid-format", "Packets are read as json or pcap.");
        }
        call.await(
                order(room, identity, Optional.empty()),
                excerpts -> {
                    Instant now = clock.instant();
                    List<Excerpt> kept = excerpts.orElse(List.of());
                    if (pcap) {
                        byte[] file = PcapFile.of(kept, now);
                        call.answer(200, "application/vnd.tcpdump.pcap", Buffer.buffer(file));
                    } else {
                        call.answer(200, table(identity, excerpts.isPresent(), kept, now));
                    }
                });
    }

    private static CompletableFuture<Optional<List<Excerpt>>> order(
            Room room, String identity, Optional<Boolean> order) {
        CompletableFuture<Optional<List<Excerpt>>> reply = new CompletableFuture<>();
        room.submit(new RoomCommand.RecordPackets(identity, order, reply));
        return reply;
    }

    private static ObjectNode table(
            String identity, boolean recorded, List<Excerpt> kept, Instant now) {
        ObjectNode node = RestJson.object().put("identity", identity).put("recorded", recorded);
        ArrayNode columns = node.putArray("columns");
        COLUMNS.forEach(columns::add);
        ArrayNode lines = node.putArray("packets");
        for (Excerpt excerpt : kept) {
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
