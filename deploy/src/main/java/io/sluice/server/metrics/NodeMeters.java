package io.sluice.server.metrics;

import static io.sluice.server.metrics.Meters.label;

import io.sluice.api.Connections;
import io.sluice.api.SocketGate;
import io.sluice.api.rest.EventFeed;
import io.sluice.api.rest.RestApi;
import io.sluice.codec.MediaKind;
import io.sluice.dtls.DtlsFailure;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.livekit.LiveKitCounters;
import io.sluice.loop.Loop;
import io.sluice.plain.PlainCounters;
import io.sluice.room.LeaveReason;
import io.sluice.room.RoomEnd;
import io.sluice.rtp.MediaCount;
import io.sluice.server.log.LogLines;
import io.sluice.webhook.WebhookCounters;
import java.util.List;
import org.slf4j.event.Level;

/** The numbers of the node as a whole. */
final class NodeMeters {
    private final Meters meters;

    NodeMeters(Meters meters) {
        this.meters = meters;
    }

    void bindBuild(String version) {
        meters.gauge(
                "sluice.build.info",
                "Always 1; the labels say what runs.",
                () -> 1,
                "version",
                version,
                "java",
                Runtime.version().toString());
    }

    void bind(RoomCensus census, List<Loop> loops) {
        meters.gauge("sluice.rooms", "Rooms.", census::rooms);
        meters.counter("sluice.rooms.started", "Rooms begun.", census::started);
        for (RoomEnd reason : RoomEnd.values()) {
            meters.counter(
                    "sluice.rooms.ended",
                    "Rooms ended, by reason.",
                    () -> census.ended(reason),
                    "reason",
                    label(reason));
        }
        meters.gauge("sluice.participants", "Participants in rooms.", census::participants);
        meters.counter("sluice.participants.joined", "Participants let in.", census::joined);
        for (LeaveReason reason : LeaveReason.values()) {
            meters.counter(
                    "sluice.participants.left",
                    "Participants gone, by reason.",
                    () -> census.left(reason),
                    "reason",
                    label(reason));
        }
        for (MediaKind kind : MediaKind.values()) {
            meters.gauge(
                    "sluice.tracks",
                    "Published tracks.",
                    () -> census.tracks(kind),
                    "kind",
                    label(kind));
        }
        meters.gauge(
                "sluice.subscriptions",
                "Subscriptions: one viewer of one track each.",
                () ->
                        -sum(loops, MediaCount.SUBSCRIPTIONS_ENDED)
                                + sum(loops, MediaCount.SUBSCRIPTIONS_BEGUN));
    }

    private static long sum(List<Loop> loops, MediaCount what) {
        long sum = 0;
        for (Loop loop : loops) {
            sum += loop.counters().of(what);
        }
        return sum;
    }

    void bind(DtlsHandshakes handshakes) {
        meters.gauge("sluice.dtls.handshakes.running", "Handshakes at work.", handshakes::running);
        meters.counter(
                "sluice.dtls.handshakes.completed",
                "Handshakes that gave keys.",
                handshakes::connected);
        for (DtlsFailure reason : DtlsFailure.values()) {
            meters.counter(
                    "sluice.dtls.handshakes.failed",
                    "Handshakes that gave no keys, by reason.",
                    () -> handshakes.failures(reason),
                    "reason",
                    label(reason));
        }
        meters.counter(
                "sluice.dtls.handshakes.abandoned",
                "Handshakes whose transport was closed before they ended.",
                handshakes::abandoned);
        String dropped = "sluice.dtls.datagrams.dropped";
        String help = "DTLS datagrams and records dropped, by reason.";
        meters.counter(dropped, help, handshakes::datagramsMalformed, "reason", "malformed");
        meters.counter(dropped, help, handshakes::datagramsOverLimit, "reason", "over_limit");
        meters.counter(dropped, help, handshakes::applicationData, "reason", "application_data");
    }

    void bind(Connections connections) {
        meters.gauge(
                "sluice.http.connections",
                "TCP connections to the web server, WebSockets among them.",
                connections::open);
        meters.counter(
                "sluice.http.connections.refused",
                "Connections closed at once because there were too many.",
                connections::refused);
        meters.counter(
                "sluice.http.connections.late",
                "Connections closed because no whole request came in time.",
                connections::late);
    }

    void bindAddresses(SocketGate gate, RestApi rest) {
        String name = "sluice.addresses";
        String help =
                "Addresses whose rate of joins or of REST requests is counted; when the table is"
                        + " full new ones are refused.";
        meters.gauge(name, help, gate::addresses, "rate", "joins");
        meters.gauge(name, help, rest::addresses, "rate", "requests");
    }

    void bind(SocketGate gate, PlainCounters plain) {
        meters.gauge("sluice.sockets", "WebSockets open.", gate::sockets);
        String refused = "sluice.sockets.refused";
        String help = "WebSockets refused before their upgrade, by reason.";
        meters.counter(refused, help, gate::foreignOrigins, "reason", "origin");
        meters.counter(refused, help, gate::refusedTokens, "reason", "token");
        meters.counter(refused, help, gate::refusedFull, "reason", "full");
        meters.counter(refused, help, gate::refusedHasty, "reason", "rate");
        for (PlainCounters.Refusal refusal : PlainCounters.Refusal.values()) {
            meters.counter(
                    "sluice.plain.refusals",
                    "Messages and sessions of the plain protocol refused, by reason.",
                    () -> plain.of(refusal),
                    "reason",
                    label(refusal));
        }
    }

    void bind(LiveKitCounters liveKit) {
        for (LiveKitCounters.Refusal refusal : LiveKitCounters.Refusal.values()) {
            meters.counter(
                    "sluice.livekit.refusals",
                    "Messages and sessions of the LiveKit protocol refused, by reason.",
                    () -> liveKit.of(refusal),
                    "reason",
                    label(refusal));
        }
    }

    void bind(RestApi rest) {
        EventFeed events = rest.events();
        meters.counter(
                "sluice.rest.requests.limited",
                "Requests refused because too many came from one address.",
                rest::refusedForRate);
        meters.counter(
                "sluice.event.streams.refused",
                "Event streams refused because there were too many.",
                events::refusedStreams);
        meters.counter(
                "sluice.event.streams.slow",
                "Event streams ended because nobody read them.",
                events::slowReaders);
        meters.counter(
                "sluice.events.lost",
                "Events that no stream was told of because too many waited.",
                events::lostEvents);
    }

    void bind(WebhookCounters webhooks) {
        meters.gauge(
                "sluice.webhooks.waiting",
                "Deliveries of events to webhooks that wait or are under way.",
                webhooks::queued);
        meters.gauge(
                "sluice.webhooks.oldest.seconds",
                "How long the oldest of them has waited.",
                () -> webhooks.oldestSeconds(System.currentTimeMillis()));
        String ended = "sluice.webhooks.deliveries";
        String help = "Deliveries that have ended, by what became of them.";
        meters.counter(ended, help, webhooks::delivered, "result", "delivered");
        meters.counter(ended, help, webhooks::expired, "result", "expired");
        meters.counter(
                "sluice.webhooks.attempts.failed",
                "Requests to webhooks that did not deliver.",
                webhooks::failedAttempts);
        for (WebhookCounters.Drop why : WebhookCounters.Drop.values()) {
            meters.counter(
                    "sluice.webhooks.events.dropped",
                    "Events that no webhook is told of, by reason.",
                    () -> webhooks.dropped(why),
                    "reason",
                    label(why));
        }
    }

    void bindLog() {
        for (Level level : Level.values()) {
            meters.counter(
                    "sluice.log.lines",
                    "Lines written to the log, by level.",
                    () -> LogLines.written(level),
                    "level",
                    label(level));
        }
        meters.counter(
                "sluice.log.lines.suppressed",
                "Lines left out because there were too many of their kind.",
                LogLines::suppressed);
    }
}
