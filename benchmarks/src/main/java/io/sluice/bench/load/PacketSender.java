package io.sluice.bench.load;

import java.lang.foreign.MemorySegment;

/** The way out of one client, for its streams; on the client's loop. */
interface PacketSender {

    /** Protects and queues a packet whose header and payload stand at {@code at}. */
    void sendRtp(MemorySegment memory, long at, int headerBytes, int payloadBytes);

    /** Sends the packet at {@code at} again (RFC 4588). */
    void sendRtx(
            MemorySegment memory,
            long at,
            int headerBytes,
            int payloadBytes,
            int payloadType,
            int ssrc,
            int sequence);

    int nextTransportSequence();
}
