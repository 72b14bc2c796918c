package io.sluice.dtls;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.DatagramTransport;
import org.jspecify.annotations.Nullable;

/**
 * The network as BouncyCastle sees it: waits for datagrams while the handshake's thread runs, never
 * after it.
 *
 * <p>The loop puts datagrams in. The handshake's thread takes them out until {@link #becomeLoopOwned},
 * the loop from then on.
 *
 * <p>Records that are sent together travel together: fewer packets, and none that overtakes its
 * change_cipher_spec, which would cost a resend.
 */
final class DatagramQueue implements DatagramTransport {

    /** Takes what BouncyCastle sends, on the thread that sends it. */
    @FunctionalInterface
    interface Output {
        void send(byte[] data, int offset, int length) throws IOException;
    }

    /** Ethernet's 1500 bytes less the headers of IPv4 and UDP. */
    static final int MAX_RECEIVED_BYTES = 1472;

    /** Passes any tunnel; larger flights are fragmented. */
    static final int MAX_SENT_BYTES = 1200;

    /** BouncyCastle lets this one through without ending the association. */
    private static final InterruptedIOException EMPTY =
            new InterruptedIOException("no datagram") {
                @Override
                public Throwable fillInStackTrace() {
                    return this;
                }
            };

    private static final byte[] NOTHING = {};

    private final ArrayBlockingQueue<byte[]> queue;
    private final Output output;

    /** There only while something is said: an association is silent for most of its life. */
    private byte[] flight = NOTHING;

    private int flightBytes;
    private volatile boolean blocking = true;

    DatagramQueue(int maxDatagrams, Output output) {
        queue = new ArrayBlockingQueue<>(maxDatagrams);
        this.output = output;
    }

    /** False: full. */
    boolean offer(byte[] datagram) {
        return queue.offer(datagram);
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Takes everything out, past BouncyCastle. */
    List<byte[]> drain() {
        List<byte[]> datagrams = new ArrayList<>();
        queue.drainTo(datagrams);
        return datagrams;
    }

    /** The handshake's thread has ended. */
    void becomeLoopOwned() {
        blocking = false;
    }

    boolean loopOwned() {
        return !blocking;
    }

    @Override
    public int getReceiveLimit() {
        return MAX_RECEIVED_BYTES;
    }

    @Override
    public int getSendLimit() {
        return MAX_SENT_BYTES;
    }

    /** As BouncyCastle wants it: no wait means for ever, and -1 means in vain. */
    @Override
    public int receive(byte[] buffer, int offset, int length, int waitMillis) throws IOException {
        flush();
        byte[] datagram = blocking ? take(waitMillis) : queue.poll();
        if (datagram == null) {
            if (blocking) {
                return -1;
            }
            throw EMPTY;
        }
        int received = Math.min(length, datagram.length);
        System.arraycopy(datagram, 0, buffer, offset, received);
        return received;
    }

    @Override
    public void send(byte[] data, int offset, int length) throws IOException {
        if (length > MAX_SENT_BYTES - flightBytes) {
            flush();
        }
        if (flight.length == 0) {
            flight = new byte[MAX_SENT_BYTES];
        }
        System.arraycopy(data, offset, flight, flightBytes, length);
        flightBytes += length;
    }

    /** Sends what was held back in the hope of more. */
    void flush() throws IOException {
        if (flightBytes > 0) {
            byte[] sent = flight;
            int length = flightBytes;
            flight = NOTHING;
            flightBytes = 0;
            output.send(sent, 0, length);
        }
    }

    /** Nothing is held that the collector would not find. */
    @Override
    public void close() {
        queue.clear();
    }

    private byte @Nullable [] take(int waitMillis) throws IOException {
        try {
            return waitMillis == 0 ? queue.take() : queue.poll(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("association closed");
        }
    }
}
