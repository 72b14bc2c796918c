package io.sluice.server.metrics;

import static io.sluice.server.metrics.Meters.label;

import io.sluice.loop.DataCounters;
import io.sluice.loop.DataDrop;
import io.sluice.sctp.SctpCount;
import io.sluice.sctp.SctpDrop;

/** The numbers of one loop's data channels, under its label {@code loop}. */
final class DataMeters {
    private final Meters meters;
    private final DataCounters data;
    private final String loop;

    DataMeters(Meters meters, DataCounters data, String loop) {
        this.meters = meters;
        this.data = data;
        this.loop = loop;
    }

    void bind() {
        meters.gauge(
                "sluice.sctp.associations",
                "SCTP associations, one for each participant with data channels.",
                data::associations,
                "loop",
                loop);
        meters.gauge(
                "sluice.data.buffered.bytes",
                "Payload of data channels that waits to be sent, to be acknowledged, or for what is"
                        + " missing before it; for a message to several receivers, each counts.",
                data::bufferedBytes,
                "loop",
                loop);
        for (SctpCount what : SctpCount.values()) {
            bind(what);
        }
        for (SctpDrop reason : SctpDrop.values()) {
            meters.counter(
                    "sluice.sctp.dropped",
                    "Packets, chunks and messages of SCTP that went no further, by reason.",
                    () -> data.sctp().of(reason),
                    "loop",
                    loop,
                    "reason",
                    label(reason));
        }
        for (DataDrop reason : DataDrop.values()) {
            meters.counter(
                    "sluice.data.messages.dropped",
                    "Messages of data channels that went no further, by reason; for a message to"
                            + " several receivers, each counts.",
                    () -> data.of(reason),
                    "loop",
                    loop,
                    "reason",
                    label(reason));
        }
    }

    private void bind(SctpCount what) {
        switch (what) {
            case ESTABLISHED ->
                    counter(what, "sluice.sctp.established", "SCTP associations established.");
            case RESTARTED ->
                    counter(
                            what,
                            "sluice.sctp.restarted",
                            "SCTP associations that the client began anew.");
            case ENDED ->
                    counter(what, "sluice.sctp.ended", "SCTP associations ended after they stood.");
            case PACKETS_IN ->
                    counter(what, "sluice.sctp.packets.received", "SCTP packets received.");
            case PACKETS_OUT -> counter(what, "sluice.sctp.packets.sent", "SCTP packets sent.");
            case MESSAGES_IN ->
                    counter(
                            what,
                            "sluice.data.messages.received",
                            "Messages of data channels received.");
            case MESSAGES_OUT ->
                    counter(
                            what,
                            "sluice.data.messages.sent",
                            "Messages of data channels sent, each once for each receiver.");
            case MESSAGE_BYTES_IN ->
                    counter(
                            what,
                            "sluice.data.received.bytes",
                            "Bytes of messages of data channels received.");
            case MESSAGE_BYTES_OUT ->
                    counter(
                            what,
                            "sluice.data.sent.bytes",
                            "Bytes of messages of data channels sent.");
            case RETRANSMISSIONS ->
                    counter(
                            what,
                            "sluice.sctp.retransmissions",
                            "Pieces of messages of data channels sent again.");
            case TIMEOUTS ->
                    counter(
                            what,
                            "sluice.sctp.timeouts",
                            "Times that nothing at all was acknowledged for too long.");
        }
    }

    private void counter(SctpCount what, String name, String help) {
        meters.counter(name, help, () -> data.sctp().of(what), "loop", loop);
    }
}
