package io.sluice.bench.load;

import io.sluice.bench.load.LoadCounters.Count;
import io.sluice.dtls.DtlsAssociation;
import io.sluice.dtls.DtlsFailure;
import io.sluice.dtls.DtlsHandshakes;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.dtls.DtlsListener;
import io.sluice.ice.Slab;
import io.sluice.ice.UdpPort;
import io.sluice.rtp.RtcpMessage;
import io.sluice.rtp.Wire;
import io.sluice.srtp.SrtpConfig;
import io.sluice.srtp.SrtpContext;
import io.sluice.srtp.SrtpContexts;
import io.sluice.srtp.SrtpKeys;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One participant's transport: ICE with the one pair there is, DTLS, SRTP, what it publishes and what it
 * watches.
 *
 * <p>Owned by its loop; a protocol's signaling reaches it by {@link #start} and {@link #watch}.
 */
final class LoadClient implements DtlsListener, PacketSender {
    /** What all clients of one process share. */
    record Shared(DtlsIdentity identity, DtlsHandshakes handshakes, SecureRandom random) {}

    private static final long CHECK_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long CONSENT_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long REPORT_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CONNECT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int RECEIVED_SSRCS = 4096;
    private static final int OSN_BYTES = 2;

    private final LoadLoop loop;
    private final int socket;
    private final Shared shared;
    private final String ufrag;
    private final String password;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> firstMedia = new CompletableFuture<>();
    private final ArrivalReports arrivals;
    private final List<PublishedStream> published = new ArrayList<>();
    private final WatchedStreams watched;

    private @Nullable RemoteSide remote;
    private long remoteHigh;
    private long remoteLow;
    private int remotePort;
    private @Nullable SecretKeySpec localKey;
    private @Nullable SecretKeySpec remoteKey;
    private @Nullable DtlsAssociation dtls;
    private @Nullable SrtpContext srtp;
    private @Nullable DataEnd data;
    private boolean checked;
    private boolean closed;
    private long startNanos;
    private long nextCheckNanos;
    private long nextReportNanos;
    private int transportSequence;

    LoadClient(LoadLoop loop, int socket, Shared shared) {
        this.loop = loop;
        this.socket = socket;
        this.shared = shared;
        watched = new WatchedStreams(loop.counters());
        arrivals = new ArrivalReports(loop.feedbackCounters());
        byte[] secret = new byte[16];
        shared.random().nextBytes(secret);
        ufrag = HexFormat.of().formatHex(secret, 0, 4);
        password = HexFormat.of().formatHex(secret);
    }

    int socket() {
        return socket;
    }

    String ufrag() {
        return ufrag;
    }

    String password() {
        return password;
    }

    String fingerprint() {
        return shared.identity().fingerprint();
    }

    /** The value of its one {@code a=candidate}. */
    String candidate() {
        return "1 1 udp 2130706431 %s %d typ host"
                .formatted(loop.address(socket).getHostAddress(), loop.port().port());
    }

    /** Done when media can flow. */
    CompletableFuture<Void> connected() {
        return connected;
    }

    /** Done with the first packet of media that was received and decrypted. */
    CompletableFuture<Void> firstMedia() {
        return firstMedia;
    }

    /** Adds what this client publishes; before {@link #start}. */
    void publish(PublishedStream stream) {
        published.add(stream);
    }

    /** Offers data channels, and to watch nothing; before {@link #start}. */
    void carry(DataEnd channels) {
        data = channels;
    }

    boolean hasData() {
        return data != null;
    }

    List<PublishedStream> published() {
        return published;
    }

    LoadLoop loop() {
        return loop;
    }

    /** Connects to the other side; from any thread. */
    void start(RemoteSide answered) {
        loop.execute(() -> begin(answered));
    }

    /** Takes the streams of later SDP; from any thread. */
    void watch(RemoteSide answered) {
        loop.execute(() -> watched.add(answered.streams()));
    }

    private void begin(RemoteSide answered) {
        remote = answered;
        byte[] address = answered.address().getAddress().getAddress();
        remoteHigh = 0;
        int ipv4 = Wire.i32(MemorySegment.ofArray(address), 0);
        remoteLow = 0xFFFF_0000_0000L | Integer.toUnsignedLong(ipv4);
        remotePort = answered.address().getPort();
        localKey = key(password);
        remoteKey = key(answered.password());
        watched.add(answered.streams());
        startNanos = System.nanoTime();
        nextReportNanos = startNanos + socket % 1000 * 1_000_000L;
        dtls =
                new DtlsAssociation(
                        shared.identity(),
                        answered.role(),
                        List.of(answered.fingerprint()),
                        shared.handshakes(),
                        loop,
                        shared.random(),
                        this);
        check(startNanos);
        loop.port().flush();
    }

    private static SecretKeySpec key(String text) {
        return new SecretKeySpec(text.getBytes(StandardCharsets.US_ASCII), "HmacSHA1");
    }

    /** One datagram in the loop's slab. */
    void onDatagram(int slot, int length, long nowNanos) {
        MemorySegment memory = loop.slab().memory();
        long at = Slab.offset(slot);
        int first = Wire.u8(memory, at);
        // RFC 7983 7.
        if (first >= 128 && first < 192) {
            onMedia(memory, at, length, nowNanos);
        } else if (first < 4) {
            onStun(memory, at, length);
        } else if (first >= 20 && first < 64 && dtls != null) {
            dtls.onDatagram(memory, at, length);
        }
    }

    private void onStun(MemorySegment memory, long at, int length) {
        SecretKeySpec own = localKey;
        switch (Stun.type(memory, at, length)) {
            case Stun.BINDING_REQUEST -> {
                if (own != null) {
                    int bytes = loop.stun().success(memory, at, own, (int) remoteLow, remotePort);
                    send(loop.stun().bytes(), 0, bytes);
                }
            }
            case Stun.BINDING_SUCCESS -> {
                if (!checked && dtls != null) {
                    checked = true;
                    dtls.start();
                }
            }
            default -> {}
        }
    }

    private void check(long nowNanos) {
        SecretKeySpec key = remoteKey;
        if (remote == null || key == null) {
            return;
        }
        nextCheckNanos = nowNanos + (checked ? CONSENT_INTERVAL_NANOS : CHECK_INTERVAL_NANOS);
        String username = remote.ufrag() + ":" + ufrag;
        int bytes = loop.stun().request(username, key, shared.random().nextLong(), socket + 1L);
        send(loop.stun().bytes(), 0, bytes);
    }

    private void send(byte[] data, int offset, int length) {
        long at = loop.port().reserve();
        if (at != UdpPort.NO_ROOM) {
            MemorySegment.copy(
                    data, offset, loop.port().egress(), ValueLayout.JAVA_BYTE, at, length);
            loop.port().send(socket, remoteHigh, remoteLow, remotePort, length);
        }
    }

    private void onMedia(MemorySegment memory, long at, int length, long nowNanos) {
        SrtpContext context = srtp;
        if (context == null || length < 12) {
            return;
        }
        int type = Wire.u8(memory, at + 1);
        if (type >= 192 && type < 224) {
            onRtcp(context, memory, at, length, nowNanos);
            return;
        }
        if (loop.givesFeedback()) {
            arrivals.onPacket(memory, at, length, nowNanos);
        }
        int ssrc = Wire.i32(memory, at + 8);
        WatchedStream stream = watched.find(ssrc);
        if (stream == null) {
            loop.counters().add(Count.UNKNOWN, 1);
        } else if (ssrc == stream.rtxSsrc()) {
            onRetransmission(context, stream, memory, at, length);
        } else {
            loop.counters().add(Count.RECEIVED, 1);
            loop.counters().add(Count.RECEIVED_BYTES, length);
            if (stream.onPacket(Wire.u16(memory, at + 2))) {
                sample(context, stream, memory, at, length, nowNanos);
            }
        }
    }

    /** Padding-only ones probe, and repair nothing. */
    private void onRetransmission(
            SrtpContext context, WatchedStream stream, MemorySegment memory, long at, int length) {
        int plain = context.unprotectRtp(memory, at, length);
        if (plain < 0 || !loop.packet().wrap(memory, at, plain)) {
            loop.counters().add(Count.CORRUPT, 1);
        } else if (loop.packet().payloadBytes() > OSN_BYTES) {
            stream.onRepaired();
        }
    }

    private void sample(
            SrtpContext context,
            WatchedStream stream,
            MemorySegment memory,
            long at,
            int length,
            long nowNanos) {
        int plain = context.unprotectRtp(memory, at, length);
        if (plain < 0 || !loop.packet().wrap(memory, at, plain)) {
            loop.counters().add(Count.CORRUPT, 1);
            return;
        }
        if (loop.packet().payloadBytes() == 0) {
            // It only closes a hole in the numbers.
            return;
        }
        int skipped = PublishedStream.contentOffset(stream.video());
        long content = loop.packet().payloadOffset() + skipped;
        int bytes = loop.packet().payloadBytes() - skipped;
        if (!MediaContent.matches(memory, content, bytes)) {
            loop.counters().add(Count.CORRUPT, 1);
            return;
        }
        loop.counters().add(Count.CHECKED, 1);
        long micros = (nowNanos - MediaContent.sentNanos(memory, content)) / 1_000;
        loop.latency().recordValue(Math.clamp(micros, 1, TimeUnit.SECONDS.toMicros(60)));
        firstMedia.complete(null);
    }

    private void onRtcp(
            SrtpContext context, MemorySegment memory, long at, int length, long nowNanos) {
        int plain = context.unprotectRtcp(memory, at, length);
        if (plain < 0) {
            loop.counters().add(Count.CORRUPT, 1);
            return;
        }
        loop.rtcpReader().wrap(memory, at, plain);
        for (RtcpMessage message = loop.rtcpReader().next();
                message != null;
                message = loop.rtcpReader().next()) {
            if (message instanceof RtcpMessage.SenderReport report) {
                WatchedStream stream = watched.find(report.ssrc());
                if (stream != null) {
                    stream.onSenderReport(report.ntp(), nowNanos);
                }
            } else {
                for (PublishedStream stream : published) {
                    stream.onFeedback(message);
                }
            }
        }
    }

    /** Sends the media that is due. */
    void onMediaTick(long nowNanos) {
        if (data != null) {
            data.onTick(nowNanos);
        }
        if (srtp != null) {
            for (int i = 0; i < published.size(); i++) {
                published.get(i).onTick(nowNanos);
            }
        }
    }

    /** Checks, reports, and gives up what takes too long. */
    void onTick(long nowNanos) {
        if (remote == null || closed) {
            return;
        }
        if (nowNanos >= nextCheckNanos) {
            check(nowNanos);
        }
        if (srtp == null) {
            if (nowNanos - startNanos > CONNECT_TIMEOUT_NANOS) {
                connected.completeExceptionally(
                        new TimeoutException(checked ? "no DTLS handshake" : "no answer to ICE"));
            }
            return;
        }
        if (nowNanos >= nextReportNanos) {
            nextReportNanos = nowNanos + REPORT_INTERVAL_NANOS;
            report(srtp, nowNanos);
        }
    }

    /** Says which packets came and when. */
    void sendFeedback(long nowNanos) {
        SrtpContext context = srtp;
        long at = context == null ? UdpPort.NO_ROOM : loop.port().reserve();
        if (context != null && at != UdpPort.NO_ROOM) {
            MemorySegment out = loop.port().egress();
            sendRtcp(context, at, arrivals.write(loop.rtcpWriter(), out, at, nowNanos));
        }
    }

    private void report(SrtpContext context, long nowNanos) {
        long at = loop.port().reserve();
        if (at == UdpPort.NO_ROOM) {
            return;
        }
        MemorySegment out = loop.port().egress();
        int length =
                Reports.write(
                        loop.rtcpWriter(), out, at, ufrag, published, watched.all(), nowNanos);
        sendRtcp(context, at, length);
    }

    private void sendRtcp(SrtpContext context, long at, int length) {
        int sealed = length == 0 ? 0 : context.protectRtcp(loop.port().egress(), at, length);
        if (sealed > 0) {
            loop.port().send(socket, remoteHigh, remoteLow, remotePort, sealed);
        }
    }

    @Override
    public int nextTransportSequence() {
        return transportSequence++ & 0xFFFF;
    }

    @Override
    public void sendRtp(MemorySegment memory, long from, int headerBytes, int payloadBytes) {
        long at = loop.port().reserve();
        if (at != UdpPort.NO_ROOM && srtp != null) {
            MemorySegment.copy(memory, from, loop.port().egress(), at, headerBytes);
            protect(srtp, at, headerBytes, 0, memory, from + headerBytes, payloadBytes);
        }
    }

    @Override
    public void sendRtx(
            MemorySegment memory,
            long from,
            int headerBytes,
            int payloadBytes,
            int payloadType,
            int ssrc,
            int sequence) {
        long at = loop.port().reserve();
        if (at == UdpPort.NO_ROOM || srtp == null) {
            return;
        }
        MemorySegment out = loop.port().egress();
        MemorySegment.copy(memory, from, out, at, headerBytes);
        int marker = Wire.u8(memory, from + 1) & 0x80;
        Wire.put8(out, at + 1, marker | payloadType);
        Wire.put16(out, at + 2, sequence);
        Wire.put32(out, at + 8, ssrc);
        Wire.put16(out, at + headerBytes, Wire.u16(memory, from + 2));
        protect(srtp, at, headerBytes, OSN_BYTES, memory, from + headerBytes, payloadBytes);
    }

    private void protect(
            SrtpContext context,
            long at,
            int headerBytes,
            int prefixBytes,
            MemorySegment payload,
            long payloadOffset,
            int payloadBytes) {
        int length =
                context.protectRtp(
                        loop.port().egress(),
                        at,
                        headerBytes,
                        prefixBytes,
                        payload,
                        payloadOffset,
                        payloadBytes);
        if (length > 0) {
            loop.port().send(socket, remoteHigh, remoteLow, remotePort, length);
        }
    }

    @Override
    public void onDtlsSend(byte[] data, int offset, int length) {
        send(data, offset, length);
        if (srtp == null) {
            loop.port().flush();
        }
    }

    @Override
    public void onDtlsSendRecord(MemorySegment memory, long offset, int length) {
        long at = loop.port().reserve();
        if (at != UdpPort.NO_ROOM) {
            MemorySegment.copy(memory, offset, loop.port().egress(), at, length);
            loop.port().send(socket, remoteHigh, remoteLow, remotePort, length);
        }
    }

    @Override
    public void onDtlsConnected(SrtpKeys keys) {
        srtp = SrtpContexts.open(keys, new SrtpConfig(RECEIVED_SSRCS, 64, 1L << 31), loop.srtp());
        if (data != null && dtls != null) {
            data.connect(dtls);
        }
        connected.complete(null);
    }

    @Override
    public boolean onDtlsData(byte[] bytes, int offset, int length) {
        DataEnd to = data;
        return to != null && to.onPacket(bytes, offset, length);
    }

    @Override
    public void onDtlsFailed(DtlsFailure reason) {
        connected.completeExceptionally(new IllegalStateException("DTLS failed: " + reason));
    }

    @Override
    public void onDtlsClosed() {
        closed = true;
    }

    /** Ends it without a word to the room; on the loop. */
    void close() {
        closed = true;
        if (dtls != null) {
            dtls.close();
        }
        if (srtp != null) {
            srtp.close();
            srtp = null;
        }
    }
}
