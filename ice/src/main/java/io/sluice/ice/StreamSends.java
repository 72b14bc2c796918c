package io.sluice.ice;

import java.lang.foreign.MemorySegment;

/** Where a {@link UdpPort} passes on what goes to sockets that are not its own: into TCP streams. */
interface StreamSends {
    /** Takes a copy of one datagram. */
    void send(int socket, MemorySegment memory, long offset, int length);

    /** What was taken should now leave. */
    void flush();
}
