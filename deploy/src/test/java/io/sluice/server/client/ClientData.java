package io.sluice.server.client;

import io.sluice.sctp.ChannelOptions;
import io.sluice.sctp.DataChannel;
import io.sluice.sctp.DataMessage;
import io.sluice.sctp.RemoteSctp;
import io.sluice.sctp.SctpAssociation;
import io.sluice.sctp.SctpConfig;
import io.sluice.sctp.SctpCounters;
import io.sluice.sctp.SctpEnd;
import io.sluice.sctp.SctpListener;
import io.sluice.sctp.SendResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The data channels of a client, over the DTLS of its transport.
 *
 * <p>Its public methods may be called from any thread but the loop, and wait for the loop; the rest
 * runs there.
 */
public final class ClientData implements SctpListener {
    private static final long TICK_NANOS = 10_000_000;
    private static final int PORT = 5_000;

    private final ClientLoop loop;
    private final ClientTransport transport;
    private final long seed;
    private final byte[] packet = new byte[SctpAssociation.MAX_PACKET_BYTES];
    private final Map<String, List<String>> heard = new HashMap<>();
    private final Map<String, DataChannel> channels = new HashMap<>();
    private SctpAssociation association;
    private boolean started;
    private boolean deaf;
    private int associations;
    private int remoteTag;
    private int nextTsn;
    private long heardBytes;
    private @Nullable SctpEnd end;

    ClientData(ClientLoop loop, ClientTransport transport, long seed) {
        this.loop = loop;
        this.transport = transport;
        this.seed = seed;
        association = make();
    }

    private SctpAssociation make() {
        return new SctpAssociation(
                SctpConfig.defaults(),
                new RemoteSctp(PORT, 262_144),
                true,
                new Random(seed + associations++),
                new SctpCounters(),
                this);
    }

    void onConnected() {
        association.connect(loop.nowNanos());
        flush();
        if (!started) {
            started = true;
            tick();
        }
    }

    private void tick() {
        association.onTimer(loop.nowNanos());
        flush();
        loop.schedule(TICK_NANOS, this::tick);
    }

    void onPacket(byte[] bytes) {
        if (!deaf) {
            association.onPacket(bytes, 0, bytes.length, loop.nowNanos());
            flush();
        }
    }

    private void flush() {
        int length = association.poll(packet, 0, true, loop.nowNanos());
        while (length > 0) {
            int tag = ByteBuffer.wrap(packet).getInt(4);
            remoteTag = tag == 0 ? remoteTag : tag;
            noteTsn(length);
            transport.sendData(packet, length);
            length = association.poll(packet, 0, true, loop.nowNanos());
        }
    }

    private void noteTsn(int length) {
        ByteBuffer bytes = ByteBuffer.wrap(packet, 0, length);
        int at = 12;
        while (at + 8 <= length) {
            if (bytes.get(at) == 0) {
                nextTsn = bytes.getInt(at + 4) + 1;
            }
            at += bytes.getShort(at + 2) + 3 & ~3;
        }
    }

    /** The number of the next DATA chunk, if nothing is sent meanwhile. */
    public int nextTsn() {
        return loop.call(() -> nextTsn);
    }

    /** Opens a channel; messages may be sent at once. */
    public void open(ChannelOptions options) {
        run(() ->
                channels.put(
                        options.label(),
                        Objects.requireNonNull(association.open(options, loop.nowNanos()))));
    }

    public SendResult send(String label, String text) {
        return send(
                label,
                new DataMessage(DataMessage.Kind.STRING, text.getBytes(StandardCharsets.UTF_8)));
    }

    public SendResult send(String label, DataMessage message) {
        return loop.call(() -> {
            SendResult result =
                    Objects.requireNonNull(channels.get(label)).send(message, loop.nowNanos());
            flush();
            return result;
        });
    }

    /** Strings that came on channels of a label, in order; of bytes only how many. */
    public List<String> heard(String label) {
        return loop.call(() -> List.copyOf(heard.getOrDefault(label, List.of())));
    }

    /** Payload of all that came. */
    public long heardBytes() {
        return loop.call(() -> heardBytes);
    }

    /** Labels of channels that are open, by either side. */
    public List<String> labels() {
        return loop.call(() -> List.copyOf(channels.keySet()));
    }

    public boolean connected() {
        return loop.call(association::isConnected);
    }

    /** Payload that waits to be sent or acknowledged. */
    public long bufferedBytes() {
        return loop.call(association::bufferedBytes);
    }

    /** Why the association ended; null while it has not. */
    public @Nullable SctpEnd end() {
        return loop.call(() -> end);
    }

    /** Hears nothing more, and answers nothing. */
    public void goDeaf() {
        run(() -> deaf = true);
    }

    /** Forgets the association and begins another, as a process that starts anew. */
    public void beginAnew() {
        run(() -> {
            association = make();
            channels.clear();
            onConnected();
        });
    }

    /** Sends records as they are. */
    public void sendRaw(List<byte[]> records) {
        run(() -> records.forEach(record -> transport.sendData(record, record.length)));
    }

    /** A packet with a right checksum, to the server's tag or another. */
    public byte[] raw(int tagChange, byte[]... chunks) {
        return raw(loop.call(() -> remoteTag) + tagChange, List.of(chunks));
    }

    /** As before, with a tag of 0. */
    public static byte[] rawInit(byte[] chunk) {
        return raw(0, List.of(chunk));
    }

    private static byte[] raw(int tag, List<byte[]> chunks) {
        int length = 12 + chunks.stream().mapToInt(chunk -> chunk.length + 3 & ~3).sum();
        ByteBuffer bytes = ByteBuffer.allocate(length);
        bytes.putShort((short) PORT).putShort((short) PORT).putInt(tag).putInt(0);
        for (byte[] chunk : chunks) {
            bytes.put(chunk).position(bytes.position() + 3 & ~3);
        }
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.array());
        bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(8, (int) checksum.getValue());
        return bytes.array();
    }

    private void run(Runnable task) {
        boolean unused =
                loop.call(() -> {
                    task.run();
                    flush();
                    return true;
                });
    }

    @Override
    public void onSctpConnected() {}

    @Override
    public void onChannel(DataChannel channel) {
        channels.put(channel.options().label(), channel);
    }

    @Override
    public void onChannelOpen(DataChannel channel) {}

    @Override
    public void onMessage(DataChannel channel, DataMessage message) {
        heardBytes += message.bytes().length;
        String text =
                message.kind() == DataMessage.Kind.STRING
                        ? new String(message.bytes(), StandardCharsets.UTF_8)
                        : message.bytes().length + " bytes";
        heard.computeIfAbsent(channel.options().label(), _ -> new ArrayList<>()).add(text);
    }

    @Override
    public void onChannelClosed(DataChannel channel) {
        channels.remove(channel.options().label(), channel);
    }

    @Override
    public void onSctpRestarted() {}

    @Override
    public void onSctpEnded(SctpEnd reason) {
        end = reason;
    }
}
