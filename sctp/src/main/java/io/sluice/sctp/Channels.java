package io.sluice.sctp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data channels of an association: their opening (RFC 8832), their messages and their end (RFC
 * 8831 6.7).
 *
 * <p>Owned by the loop of its association.
 */
final class Channels {
    private static final byte[] EMPTY = {};

    private final SctpAssociation association;
    private final SctpConfig config;
    private final boolean evenIds;
    private final SctpCounters counters;
    private final SctpListener listener;
    private final ChannelTable table = new ChannelTable();

    /** Streams that we may send on. */
    private int streams = ChannelTable.MAX_IDS;

    /** Where to look for a free id. */
    private int nextId;

    Channels(
            SctpAssociation association,
            SctpConfig config,
            boolean evenIds,
            SctpCounters counters,
            SctpListener listener) {
        this.association = association;
        this.config = config;
        this.evenIds = evenIds;
        this.counters = counters;
        this.listener = listener;
        nextId = evenIds ? 0 : 1;
    }

    int size() {
        return table.size();
    }

    @Nullable DataChannel find(int id) {
        return table.find(id);
    }

    List<DataChannel> all() {
        return table.all();
    }

    /** Null: there are too many, or no id is free. */
    @Nullable DataChannel open(ChannelOptions options, long nowNanos) {
        byte[] message = OpenMessage.open(options);
        int id = freeId();
        if (id < 0) {
            return null;
        }
        DataChannel channel = new DataChannel(association, id, options, DataChannel.State.OPENING);
        if (!association.buffer().addControl(channel, message, nowNanos)) {
            return null;
        }
        table.add(channel);
        return channel;
    }

    /** Null: there are too many, or the id is not free. */
    @Nullable DataChannel openNegotiated(int id, ChannelOptions options) {
        if (id < 0 || id >= streams || table.size() >= config.maxChannels() || find(id) != null) {
            return null;
        }
        DataChannel channel = new DataChannel(association, id, options, DataChannel.State.OPEN);
        table.add(channel);
        return channel;
    }

    private int freeId() {
        if (table.size() >= config.maxChannels()) {
            return -1;
        }
        int first = evenIds ? 0 : 1;
        int id = nextId;
        // Ends: no more ids are in use than there are channels.
        for (int i = 0; i <= table.size(); i++) {
            if (id >= streams) {
                id = first;
            }
            if (id < streams && find(id) == null) {
                nextId = id + 2;
                return id;
            }
            id += 2;
        }
        return -1;
    }

    /** The other side takes only so many streams. */
    void onConnected(int maxStreams) {
        streams = Math.min(maxStreams, ChannelTable.MAX_IDS);
        for (DataChannel channel : table.all()) {
            if (channel.id() >= streams) {
                association.buffer().discard(channel);
                remove(channel);
            }
        }
    }

    // ------------------------------------------------------------------ messages

    void onMessage(int stream, int protocol, byte[] bytes, long nowNanos) {
        if (protocol == DataProtocol.CONTROL) {
            onControl(stream, bytes, nowNanos);
            return;
        }
        DataChannel channel = stream < ChannelTable.MAX_IDS ? find(stream) : null;
        if (channel == null) {
            counters.drop(SctpDrop.NO_CHANNEL);
        } else if (channel.state == DataChannel.State.CLOSING) {
            counters.drop(SctpDrop.CLOSED);
        } else {
            switch (protocol) {
                case DataProtocol.STRING -> deliver(channel, DataMessage.Kind.STRING, bytes);
                case DataProtocol.BINARY -> deliver(channel, DataMessage.Kind.BINARY, bytes);
                case DataProtocol.EMPTY_STRING -> deliver(channel, DataMessage.Kind.STRING, EMPTY);
                case DataProtocol.EMPTY_BINARY -> deliver(channel, DataMessage.Kind.BINARY, EMPTY);
                default -> counters.drop(SctpDrop.UNKNOWN_PROTOCOL);
            }
        }
    }

    private void deliver(DataChannel channel, DataMessage.Kind kind, byte[] bytes) {
        counters.count(SctpCount.MESSAGES_IN);
        counters.add(SctpCount.MESSAGE_BYTES_IN, bytes.length);
        listener.onMessage(channel, new DataMessage(kind, bytes));
    }

    private void onControl(int stream, byte[] bytes, long nowNanos) {
        switch (Wire.u8(bytes, 0)) {
            case OpenMessage.OPEN -> onOpen(stream, bytes, nowNanos);
            case OpenMessage.ACK -> {
                DataChannel channel = stream < ChannelTable.MAX_IDS ? find(stream) : null;
                if (channel != null && channel.state == DataChannel.State.OPENING) {
                    channel.state = DataChannel.State.OPEN;
                    listener.onChannelOpen(channel);
                }
            }
            default -> counters.drop(SctpDrop.UNKNOWN_PROTOCOL);
        }
    }

    private void onOpen(int stream, byte[] bytes, long nowNanos) {
        ChannelOptions options = OpenMessage.read(bytes);
        boolean ours = ((stream & 1) == 0) == evenIds;
        endIfReopened(stream);
        if (stream >= streams || find(stream) != null) {
            // A stream that cannot be reset, or that belongs to a channel that lives.
            counters.drop(SctpDrop.BAD_OPEN);
        } else if (options == null || ours) {
            refuse(stream, SctpDrop.BAD_OPEN);
        } else if (table.size() >= config.maxChannels()) {
            refuse(stream, SctpDrop.TOO_MANY_CHANNELS);
        } else {
            DataChannel channel =
                    new DataChannel(association, stream, options, DataChannel.State.OPEN);
            if (association.buffer().addControl(channel, OpenMessage.ack(), nowNanos)) {
                table.add(channel);
                listener.onChannel(channel);
            } else {
                refuse(stream, SctpDrop.TOO_MANY_CHANNELS);
            }
        }
    }

    /** Who opens a stream again has carried out our reset of it: only the answer is not here yet. */
    private void endIfReopened(int stream) {
        DataChannel before = stream < ChannelTable.MAX_IDS ? find(stream) : null;
        if (before != null && before.remoteReset && association.resets().isAsked(before)) {
            onLocalReset(before);
        }
    }

    private void refuse(int stream, SctpDrop reason) {
        counters.drop(reason);
        association.resets().refuse(stream);
    }

    // ------------------------------------------------------------------ the end

    void close(DataChannel channel) {
        if (channel.state == DataChannel.State.CLOSING
                || channel.state == DataChannel.State.CLOSED) {
            return;
        }
        channel.state = DataChannel.State.CLOSING;
        if (!association.resets().close(channel)) {
            // Nothing to be agreed on: the other side does not know the channel, or cannot reset.
            association.buffer().discard(channel);
            remove(channel);
        }
    }

    /** The other side sends no more on a stream, and hears no more. */
    void onRemoteReset(int stream) {
        DataChannel channel = stream < ChannelTable.MAX_IDS ? find(stream) : null;
        if (channel == null) {
            return;
        }
        channel.remoteReset = true;
        association.buffer().discard(channel);
        close(channel);
        finish(channel);
    }

    /** The other side knows that we send no more. */
    void onLocalReset(DataChannel channel) {
        channel.localReset = true;
        finish(channel);
    }

    private void finish(DataChannel channel) {
        if (channel.localReset
                && channel.remoteReset
                && channel.state != DataChannel.State.CLOSED) {
            remove(channel);
        }
    }

    private void remove(DataChannel channel) {
        table.remove(channel);
        channel.state = DataChannel.State.CLOSED;
        listener.onChannelClosed(channel);
    }

    /** Ends all at once, whatever waits on them. */
    void closeAll(Outbound outbound) {
        for (DataChannel channel : table.all()) {
            outbound.buffer.discard(channel);
            // One may be gone already: listeners hear of each in turn, and close what they like.
            if (channel.state != DataChannel.State.CLOSED) {
                remove(channel);
            }
        }
    }
}
