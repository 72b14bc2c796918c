package io.sluice.ice;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One loop's TCP connections. Each has a number from {@link UdpPort#FIRST_STREAM} on in the place of a
 * socket's index, so that a {@link Path} names it, and addresses of streams and of datagrams never mix.
 *
 * <p>Owned by the loop. A number is free again once no session knows its connection any more.
 */
final class TcpStreams implements StreamSends {
    private final IceServer server;
    private final List<@Nullable TcpConnection> connections = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();

    /** Those with something written in this turn. */
    private final List<TcpConnection> written = new ArrayList<>();

    TcpStreams(IceServer server) {
        this.server = server;
    }

    /** Takes a connection, whose first frame is in {@code read}. */
    void adopt(Channel channel, TcpNewcomer before, ByteBuf read) {
        if (!channel.isOpen()) {
            // Its end was heard of by nobody who cares.
            read.release();
            return;
        }
        int index = free.isEmpty() ? connections.size() : free.pop();
        TcpConnection connection =
                new TcpConnection(server, this, channel, UdpPort.FIRST_STREAM + index);
        if (index == connections.size()) {
            connections.add(connection);
        } else {
            connections.set(index, connection);
        }
        try {
            channel.pipeline().replace(before, null, connection);
            connection.begin(read);
        } finally {
            read.release();
        }
    }

    @Override
    public void send(int socket, MemorySegment memory, long offset, int length) {
        TcpConnection connection = connection(socket);
        if (connection == null) {
            server.tcpCounters().drop(TcpFrameDrop.CLOSED);
        } else {
            connection.send(memory, offset, length);
        }
    }

    void written(TcpConnection connection) {
        written.add(connection);
    }

    @Override
    public void flush() {
        // By index: what a flush brings about may write again.
        for (int i = 0; i < written.size(); i++) {
            written.get(i).flush();
        }
        written.clear();
    }

    /** No session has a use for the connection any more. */
    void close(int socket) {
        TcpConnection connection = connection(socket);
        if (connection != null) {
            connection.close();
        }
    }

    /** The connection is closed. */
    void closed(TcpConnection connection) {
        server.streamClosed(connection.socket());
        int index = connection.socket() - UdpPort.FIRST_STREAM;
        connections.set(index, null);
        free.push(index);
    }

    void closeAll() {
        for (TcpConnection connection : new ArrayList<>(connections)) {
            if (connection != null) {
                connection.close();
            }
        }
    }

    private @Nullable TcpConnection connection(int socket) {
        int index = socket - UdpPort.FIRST_STREAM;
        return index < connections.size() ? connections.get(index) : null;
    }
}
