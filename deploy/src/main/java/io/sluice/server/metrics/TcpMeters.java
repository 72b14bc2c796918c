package io.sluice.server.metrics;

import static io.sluice.server.metrics.Meters.label;

import io.sluice.ice.TcpCounters;
import io.sluice.ice.TcpFrameDrop;
import io.sluice.ice.TcpRefusal;

/** The numbers of the node's TCP port for ICE. */
final class TcpMeters {
    private final Meters meters;

    TcpMeters(Meters meters) {
        this.meters = meters;
    }

    void bind(TcpCounters tcp) {
        meters.gauge(
                "sluice.ice.tcp.connections",
                "TCP connections that are open on the port for ICE.",
                tcp::open);
        meters.counter(
                "sluice.ice.tcp.connections.accepted",
                "TCP connections that came to the port for ICE, refused ones included.",
                tcp::accepted);
        meters.counter(
                "sluice.ice.tcp.frames.received",
                "Datagrams received in TCP streams.",
                tcp::framesIn);
        meters.counter(
                "sluice.ice.tcp.received.bytes",
                "Bytes of datagrams received in TCP streams, without framing.",
                tcp::bytesIn);
        meters.counter(
                "sluice.ice.tcp.frames.sent", "Datagrams sent in TCP streams.", tcp::framesOut);
        meters.counter(
                "sluice.ice.tcp.sent.bytes",
                "Bytes of datagrams sent in TCP streams, without framing.",
                tcp::bytesOut);
        for (TcpFrameDrop reason : TcpFrameDrop.values()) {
            meters.counter(
                    "sluice.ice.tcp.frames.dropped",
                    "Datagrams of TCP streams that were dropped, by reason.",
                    () -> tcp.drops(reason),
                    "reason",
                    label(reason));
        }
        for (TcpRefusal reason : TcpRefusal.values()) {
            meters.counter(
                    "sluice.ice.tcp.connections.refused",
                    "TCP connections that the server closed, by reason.",
                    () -> tcp.refusals(reason),
                    "reason",
                    label(reason));
        }
    }
}
