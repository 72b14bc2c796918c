package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.codec.Codec;
import io.sluice.ice.Slab;
import io.sluice.receive.Track;
import io.sluice.receive.TransportFeedback;
import io.sluice.rtp.RtcpKind;
import io.sluice.rtp.RtcpReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A publisher of more encodings than one report has blocks for (RFC 3550 6.4.2). */
final class ManyEncodingsTest extends PacketLineFixture {
    private static final int TRACKS = 12;
    private static final int ENCODINGS = 3;

    ManyEncodingsTest() {
        super(Codec.VP8, List.of("q", "h", "f"));
    }

    @Override
    int maxSources() {
        return 64;
    }

    @Test
    void shouldReportOnEachOfThem() {
        List<ReceiveRoute> routes = new ArrayList<>();
        Set<Integer> ssrcs = new TreeSet<>();
        for (int i = 0; i < TRACKS; i++) {
            Map<Integer, Integer> own = new LinkedHashMap<>();
            for (int encoding = 0; encoding < ENCODINGS; encoding++) {
                own.put(100 + ENCODINGS * i + encoding, 0);
            }
            ssrcs.addAll(own.keySet());
            Track published =
                    new Track("TR_" + i, track.format(), kept, drops, counters, departures);
            routes.add(new ReceiveRoute(section(own), published));
        }
        ingress.routes(routes, server);
        ssrcs.forEach(ssrc -> deliver(ssrc, MEDIA, 500, 9_000, KEYFRAME));
        Rtcp rtcp =
                new Rtcp(
                        slab,
                        scratch,
                        drops,
                        counters,
                        first.egress,
                        ingress,
                        new SsrcTable<>(),
                        new TransportFeedback(counters),
                        new PathMeter(),
                        new Rtcp.Settings(1, "name", 1_000_000_000));

        rtcp.onTick(nowNanos);

        assertThat(reportedOn()).isEqualTo(ssrcs);
    }

    private Set<Integer> reportedOn() {
        Set<Integer> ssrcs = new TreeSet<>();
        MemorySegment memory = Arena.ofAuto().allocate(Slab.SLOT_BYTES);
        RtcpReader reader = new RtcpReader();
        for (byte[] datagram : first.port.sent()) {
            MemorySegment.copy(datagram, 0, memory, ValueLayout.JAVA_BYTE, 0, datagram.length);
            reader.wrap(memory, 0, first.client.unprotectRtcp(memory, 0, datagram.length));
            while (reader.advance()) {
                boolean report = reader.kind() == RtcpKind.RECEIVER_REPORT;
                for (int i = 0; report && i < reader.blocks(); i++) {
                    ssrcs.add(reader.blockSsrc(i));
                }
            }
        }
        return ssrcs;
    }
}
