package io.sluice.server.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The tracks of a client: sends its own, receives the others', and speaks RTCP about both.
 *
 * <p>Owned by the client's loop.
 */
final class ClientMedia implements TrackSender.Out {
    private static final long FEEDBACK_NANOS = 20_000_000;
    private static final long PACKET_REPORTS_NANOS = 50_000_000;
    private static final long REPORT_NANOS = 1_000_000_000;
    private static final int MAX_BLOCKS = 24;

    private final ClientLoop loop;
    private final ClientTransport transport;
    private final String cname;
    private final int publisher;
    private final int ownSsrc;
    private final boolean reportsByStream;
    private final SplittableRandom random;
    private final ArrivalLog arrivals = new ArrivalLog();
    private final Map<Integer, TrackSender> senders = new LinkedHashMap<>();
    private final Map<Integer, TrackReceiver> receivers = new LinkedHashMap<>();
    private final Map<Integer, TrackReceiver> byRtxSsrc = new HashMap<>();
    private int transportSequence;
    private boolean connected;
    private boolean sending = true;
    private boolean closed;
    private long connectedNanos;
    private @Nullable String serverCname;
    private long malformed;
    private long byes;
    private long transportFeedbacks;
    private long maxBitrate;
    private long transportReported;
    private long transportReportedLost;

    ClientMedia(
            ClientLoop loop,
            ClientTransport transport,
            String cname,
            int publisher,
            boolean reportsByStream,
            SplittableRandom random) {
        this.reportsByStream = reportsByStream;
        this.loop = loop;
        this.transport = transport;
        this.cname = cname;
        this.publisher = publisher;
        this.random = random;
        ownSsrc = random.nextInt();
        transportSequence = random.nextInt(0x10000);
    }

    void onConnected() {
        connected = true;
        connectedNanos = loop.nowNanos();
        receivers.values().forEach(receiver -> receiver.expectedFrom(connectedNanos));
        senders.values().forEach(sender -> sender.begin(connectedNanos));
        senders.values().forEach(this::start);
        feedback();
        if (reportsByStream) {
            packetReports();
        }
        loop.schedule(random.nextLong(REPORT_NANOS), this::reports);
    }

    /** How loud it says its audio is (RFC 6464). */
    void audioLevel(int level) {
        senders.values().forEach(sender -> sender.audioLevel(level));
    }

    /** Sends a keyframe every so many frames from now on, and none for the asking, as OBS does. */
    void keyframesOnlyEvery(int frames) {
        senders.values().forEach(sender -> sender.keyframesOnlyEvery(frames));
    }

    boolean connected() {
        return connected;
    }

    /** Takes up what the answer says of one section. */
    void onAnswer(
            ClientSection section, AnswerSdp.Section answered, TrackReceiver.AnswerTrack track) {
        int payloadType = section.numbers().payloadType();
        int rtxPayloadType = section.numbers().rtxPayloadType();
        boolean rtx =
                rtxPayloadType >= 0
                        && answered.apt().getOrDefault(rtxPayloadType, -1) == payloadType;
        ClientSection.Sender shape = section.what();
        boolean sends = section.direction().sends() && answered.serverReceives();
        if (sends && shape != null && section.sender() == null) {
            long beginNanos = loop.nowNanos();
            for (ClientSection.Encoding encoding : section.encodings()) {
                TrackSender sender =
                        new TrackSender(
                                section, encoding, shape, publisher, rtx, this, random.split());
                section.senders().add(sender);
                senders.put(encoding.ssrc(), sender);
                if (connected) {
                    sender.begin(beginNanos);
                    start(sender);
                }
            }
        }
        if (section.direction().receives()) {
            List<Integer> ssrcs = answered.serverSends() ? mediaSsrcs(answered) : List.of();
            endOthers(section, ssrcs);
            for (int ssrc : ssrcs) {
                receive(section, ssrc, answered.rtxSsrcs().get(ssrc), track);
            }
        }
    }

    private static List<Integer> mediaSsrcs(AnswerSdp.Section answered) {
        return answered.ssrcs().stream()
                .filter(ssrc -> !answered.rtxSsrcs().containsValue(ssrc))
                .toList();
    }

    private void endOthers(ClientSection section, List<Integer> ssrcs) {
        for (TrackReceiver receiver : receivers.values()) {
            if (receiver.section() == section && !ssrcs.contains(receiver.ssrc())) {
                receiver.end();
            }
        }
    }

    private void receive(
            ClientSection section,
            int ssrc,
            @Nullable Integer rtxSsrc,
            TrackReceiver.AnswerTrack track) {
        if (receivers.containsKey(ssrc)) {
            return;
        }
        TrackReceiver receiver = new TrackReceiver(section, ssrc, rtxSsrc != null, track);
        if (connected) {
            receiver.expectedFrom(loop.nowNanos());
        }
        receivers.put(ssrc, receiver);
        if (rtxSsrc != null) {
            byRtxSsrc.put(rtxSsrc, receiver);
        }
    }

    /** The section publishes no more: says goodbye for its SSRC. */
    void stop(ClientSection section) {
        for (ClientSection.Encoding encoding : section.encodings()) {
            TrackSender sender = senders.remove(encoding.ssrc());
            if (sender != null && connected) {
                transport.sendRtcp(
                        new RtcpOut()
                                .receiverReport(encoding.ssrc(), List.of())
                                .cname(encoding.ssrc(), cname)
                                .bye(encoding.ssrc())
                                .toArray());
            }
        }
    }

    void sending(boolean on) {
        sending = on;
    }

    void close() {
        closed = true;
    }

    void forgetGaps() {
        receivers.values().forEach(TrackReceiver::forgetGaps);
    }

    private void start(TrackSender sender) {
        if (closed || senders.get(sender.ssrc()) != sender) {
            return;
        }
        long nowNanos = loop.nowNanos();
        if (!sending) {
            loop.schedule(FEEDBACK_NANOS, () -> start(sender));
            return;
        }
        long nextNanos = sender.sendFrame(nowNanos, ClientLoop.wallNanos());
        loop.schedule(Math.max(0, nextNanos - nowNanos), () -> start(sender));
    }

    @Override
    public int nextTransportSequence() {
        int next = transportSequence;
        transportSequence = next + 1 & 0xFFFF;
        return next;
    }

    @Override
    public byte[] send(byte[] packet, int length) {
        return transport.sendRtp(packet, length);
    }

    @Override
    public void again(byte[] protectedPacket) {
        transport.sendMedia(protectedPacket);
    }

    void onRtp(byte[] packet) {
        RtpBytes.Header header = RtpBytes.read(packet);
        if (header == null) {
            malformed++;
            return;
        }
        long nowNanos = loop.nowNanos();
        if (reportsByStream) {
            arrivals.onPacket(header.ssrc(), header.sequence(), nowNanos);
        }
        TrackReceiver receiver = receivers.get(header.ssrc());
        TrackReceiver repaired = byRtxSsrc.get(header.ssrc());
        if (receiver != null) {
            receiver.onRtp(header, packet, nowNanos, ClientLoop.wallNanos());
        } else if (repaired != null) {
            repaired.onRtx(header, packet, nowNanos, ClientLoop.wallNanos());
        } else {
            transport.countStray();
        }
    }

    void onRtcp(byte[] packet) {
        List<RtcpIn> messages = RtcpIn.read(packet).orElse(null);
        if (messages == null) {
            malformed++;
            return;
        }
        messages.forEach(this::onMessage);
    }

    private void onMessage(RtcpIn message) {
        switch (message) {
            case RtcpIn.SenderReport report -> {
                TrackReceiver receiver = receivers.get(report.ssrc());
                if (receiver != null) {
                    receiver.onSenderReport(report, loop.nowNanos());
                }
            }
            case RtcpIn.Report(_, RtcpOut.Block block) -> {
                TrackSender sender = senders.get(block.ssrc());
                if (sender != null) {
                    sender.onReportBlock(block);
                }
            }
            case RtcpIn.Nack(int ssrc, List<Integer> sequences) -> {
                TrackSender sender = senders.get(ssrc);
                if (sender != null) {
                    sender.onNack(sequences);
                }
            }
            case RtcpIn.PictureLoss(int ssrc) -> onPictureLoss(ssrc);
            case RtcpIn.FullIntra(int ssrc) -> onPictureLoss(ssrc);
            case RtcpIn.Bye(int ssrc) -> {
                byes++;
                TrackReceiver receiver = receivers.get(ssrc);
                if (receiver != null) {
                    receiver.end();
                }
            }
            case RtcpIn.TransportFeedback feedback -> onTransportFeedback(feedback);
            case RtcpIn.MaxBitrate(long bitsPerSecond) -> maxBitrate = bitsPerSecond;
            case RtcpIn.Cname(_, String name) -> onCname(name);
            case RtcpIn.Other _ -> {}
        }
    }

    /** Sound and pictures are played in step only if all streams have one name (RFC 3550 6.5.1). */
    private void onCname(String name) {
        if (serverCname != null && !serverCname.equals(name)) {
            malformed++;
        }
        serverCname = name;
    }

    private void onPictureLoss(int ssrc) {
        TrackSender sender = senders.get(ssrc);
        if (sender != null) {
            sender.onPictureLoss();
        }
    }

    private void onTransportFeedback(RtcpIn.TransportFeedback feedback) {
        int last = feedback.firstSequence() + feedback.count() - 1;
        if ((short) (last - transportSequence) >= 0) {
            malformed++; // tells of a packet that was not sent yet
            return;
        }
        transportFeedbacks++;
        for (boolean received : feedback.received()) {
            transportReported++;
            transportReportedLost += received ? 0 : 1;
        }
    }

    /** SSRCs of the video that comes. */
    List<Integer> receivedVideo() {
        return receivers.values().stream()
                .filter(receiver -> !receiver.ended())
                .filter(receiver -> receiver.section().kind() == ClientSection.Kind.VIDEO)
                .map(TrackReceiver::ssrc)
                .toList();
    }

    private void feedback() {
        if (closed) {
            return;
        }
        long nowNanos = loop.nowNanos();
        for (TrackReceiver receiver : receivers.values()) {
            if (receiver.ended()) {
                continue;
            }
            List<Long> lost = receiver.nacks(nowNanos);
            boolean keyframe = receiver.wantsKeyframe(nowNanos);
            if (lost.isEmpty() && !keyframe) {
                continue;
            }
            RtcpOut rtcp = new RtcpOut().receiverReport(reporter(), List.of());
            if (!lost.isEmpty()) {
                rtcp.nack(reporter(), receiver.ssrc(), lost);
            }
            if (keyframe) {
                rtcp.pictureLoss(reporter(), receiver.ssrc());
            }
            transport.sendRtcp(rtcp.toArray());
        }
        loop.schedule(FEEDBACK_NANOS, this::feedback);
    }

    private void packetReports() {
        if (closed) {
            return;
        }
        List<RtcpOut.StreamReport> came = arrivals.take();
        if (!came.isEmpty()) {
            RtcpOut rtcp = new RtcpOut().receiverReport(reporter(), List.of());
            transport.sendRtcp(rtcp.packetReports(reporter(), came, loop.nowNanos()).toArray());
        }
        loop.schedule(PACKET_REPORTS_NANOS, this::packetReports);
    }

    private int reporter() {
        return senders.isEmpty() ? ownSsrc : senders.keySet().iterator().next();
    }

    private void reports() {
        if (closed) {
            return;
        }
        long nowNanos = loop.nowNanos();
        List<RtcpOut.Block> blocks = new ArrayList<>();
        for (TrackReceiver receiver : receivers.values()) {
            RtcpOut.Block block = receiver.block(nowNanos);
            if (block != null && blocks.size() < MAX_BLOCKS) {
                blocks.add(block);
            }
        }
        RtcpOut rtcp = new RtcpOut();
        boolean first = true;
        for (TrackSender sender : senders.values()) {
            if (sender.hasSent()) {
                sender.report(rtcp, nowNanos, ClientLoop.wallNanos(), first ? blocks : List.of());
                first = false;
            }
        }
        if (first) {
            rtcp.receiverReport(reporter(), blocks);
        }
        transport.sendRtcp(rtcp.cname(reporter(), cname).toArray());
        loop.schedule(REPORT_NANOS / 2 + random.nextLong(REPORT_NANOS), this::reports);
    }

    ClientStatistics statistics(
            String identity, @Nullable String participantId, @Nullable String leftReason) {
        ClientSrtp srtp = transport.srtp();
        return new ClientStatistics(
                identity,
                participantId,
                srtp == null ? null : srtp.profile().name(),
                leftReason,
                connected,
                srtp == null ? 0 : srtp.refused(),
                srtp == null ? 0 : srtp.replayed(),
                transport.strays(),
                malformed,
                byes,
                transportFeedbacks,
                transportReported,
                transportReportedLost,
                maxBitrate,
                senders.values().stream().map(TrackSender::statistics).toList(),
                receivers.values().stream().map(TrackReceiver::statistics).toList());
    }
}
