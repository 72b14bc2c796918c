package io.sluice.api.rest;

import io.sluice.bandwidth.BandwidthTrace;
import io.sluice.room.RoomCommand;
import io.sluice.room.Rooms;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Has what is found of a participant's path written down, and hands it out. Used from all event loops. */
final class TraceOperations {
    private static final String TRACE = RoomOperations.ROOM + "/participants/{identity}/trace";

    private TraceOperations() {}

    static List<Operation> operations(Rooms rooms) {
        Observation.Format<List<BandwidthTrace.Sample>> csv =
                new Observation.Format<>(
                        "csv", "text/csv", samples -> Buffer.buffer(RestJson.traceCsv(samples)));
        return new Observation<>(
                        rooms, TRACE, "traced", RoomCommand.Trace::new, RestJson::trace, csv)
                .operations();
    }
}
