package io.sluice.dtls;

import io.sluice.srtp.GcmCipher;
import io.sluice.srtp.SrtpKeys;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.DTLSTransport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The DTLS 1.2 association of one transport (RFC 6347, RFC 5764): a handshake that yields SRTP keys,
 * and then the way of data channels (RFC 8261) until its end.
 *
 * <p>Owned by the loop behind the executor: every method is called there, and so is the listener. A
 * virtual thread runs the handshake and ends with it; what it sends hops to the loop. A server's
 * begins with the first piece of a ClientHello.
 */
public final class DtlsAssociation implements AutoCloseable {

    private enum State {
        NEW,
        /** A server without a ClientHello. */
        LISTENING,
        HANDSHAKING,
        CONNECTED,
        CLOSED
    }

    /** AES-GCM adds an explicit nonce and a tag (RFC 5288 3), the record its header. */
    public static final int MAX_DATA_BYTES =
            DatagramQueue.MAX_SENT_BYTES - DtlsRecords.RECORD_HEADER_BYTES - 8 - 16;

    private static final byte[] NOTHING = {};

    private static final Logger LOG = LoggerFactory.getLogger(DtlsAssociation.class);

    private final DtlsRole role;
    private final Fingerprints fingerprints;
    private final DtlsHandshakes handshakes;
    private final Executor loop;
    private final DtlsListener listener;
    private final SrtpAgreement agreement;
    private final DatagramQueue queue;
    private final CipherChangeGate gate = new CipherChangeGate();
    private final MessageBudget budget = new MessageBudget();
    private State state = State.NEW;
    private int handshakeDatagrams;
    private @Nullable Thread thread;
    private @Nullable DTLSTransport dtls;

    /** The records of data, once there are any; null without libcrypto: BouncyCastle has them all. */
    private @Nullable DataRecords records;

    /** The other side's data was read: it has all of our handshake, and BouncyCastle knows. */
    private boolean heardData;

    /** Where records are read to: made when the first is, since most associations have none. */
    private byte[] received = NOTHING;

    /**
     * @param remoteFingerprints values of the remote {@code a=fingerprint} attributes; sha-256,
     *     sha-384 and sha-512 count
     * @param loop runs tasks in order, on the one thread that owns this
     */
    public DtlsAssociation(
            DtlsIdentity identity,
            DtlsRole role,
            List<String> remoteFingerprints,
            DtlsHandshakes handshakes,
            Executor loop,
            SecureRandom random,
            DtlsListener listener) {
        this(
                identity,
                role,
                remoteFingerprints,
                handshakes,
                loop,
                random,
                listener,
                GcmCipher.available());
    }

    /**
     * @param ownsData whether BouncyCastle is spared the records of data
     */
    DtlsAssociation(
            DtlsIdentity identity,
            DtlsRole role,
            List<String> remoteFingerprints,
            DtlsHandshakes handshakes,
            Executor loop,
            SecureRandom random,
            DtlsListener listener,
            boolean ownsData) {
        this.role = role;
        this.handshakes = handshakes;
        this.loop = loop;
        this.listener = listener;
        fingerprints = Fingerprints.parse(remoteFingerprints);
        agreement =
                new SrtpAgreement(identity, new HybridTlsCrypto(random, ownsData), fingerprints);
        queue = new DatagramQueue(handshakes.config().maxQueuedDatagrams(), this::output);
    }

    /** Begins: a client says hello, a server looks at what has come already. */
    public void start() {
        if (state != State.NEW) {
            throw new IllegalStateException("started in state " + state);
        }
        state = State.LISTENING;
        if (fingerprints.isEmpty()) {
            // Not from within start(): the owner hears of all failures in the same way.
            loop.execute(() -> fail(DtlsFailure.NO_FINGERPRINT));
        } else if (role == DtlsRole.CLIENT || !queue.isEmpty()) {
            handshake();
        }
    }

    /** Takes a copy of a datagram whose first byte is 20 to 63. */
    public void onDatagram(MemorySegment memory, long offset, int length) {
        if (state == State.CLOSED) {
            return;
        }
        if (length > DatagramQueue.MAX_RECEIVED_BYTES) {
            handshakes.countMalformed();
            return;
        }
        if (state == State.CONNECTED) {
            onRecords(memory, offset, length);
            return;
        }
        byte[] datagram = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, datagram, 0, length);
        if (!DtlsRecords.acceptable(datagram)) {
            handshakes.countMalformed();
            return;
        }
        boolean opens = role == DtlsRole.SERVER && DtlsRecords.clientHello(datagram);
        switch (state) {
            case NEW -> {
                if (opens) {
                    enqueue(datagram);
                }
            }
            case LISTENING -> {
                if (opens && !fingerprints.isEmpty() && enqueue(datagram)) {
                    handshake();
                }
            }
            case HANDSHAKING -> {
                byte[] passed = role == DtlsRole.SERVER ? gate.pass(datagram) : datagram;
                if (passed.length > 0) {
                    enqueue(passed);
                }
            }
            case CONNECTED, CLOSED -> throw new IllegalStateException("taken above");
        }
    }

    /** One after the other: of a connected association. */
    private void onRecords(MemorySegment memory, long offset, int length) {
        long end = offset + length;
        long at = offset;
        while (at < end && state == State.CONNECTED) {
            int recordBytes =
                    end - at < DtlsRecords.RECORD_HEADER_BYTES
                            ? Integer.MAX_VALUE
                            : DataRecords.recordBytes(memory, at);
            if (recordBytes > end - at) {
                handshakes.countMalformed();
                return;
            }
            DataRecords ours = DataRecords.isData(memory, at) ? records() : null;
            if (ours == null) {
                pass(memory, at, recordBytes);
            } else if (heardData) {
                read(ours, memory, at);
            } else {
                // With it BouncyCastle forgets the last flight: the other side has it.
                pass(memory, at, recordBytes);
                if (heardData) {
                    ours.taken(memory, at);
                }
            }
            at += recordBytes;
        }
    }

    private void read(DataRecords from, MemorySegment memory, long at) {
        byte[] into = received();
        int length = from.open(memory, at, into);
        if (length == DataRecords.REFUSED) {
            handshakes.countMalformed();
        } else if (!listener.onDtlsData(into, 0, length)) {
            handshakes.countApplicationData();
        }
    }

    /** Gives BouncyCastle one record. */
    private void pass(MemorySegment memory, long at, int length) {
        byte[] record = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, record, 0, length);
        if (!DtlsRecords.acceptable(record)) {
            handshakes.countMalformed();
        } else if (queue.offer(record)) {
            pump();
        } else {
            handshakes.countOverLimit();
        }
    }

    private @Nullable DataRecords records() {
        DataKeys keys = agreement.crypto().dataKeys();
        if (records == null && keys != null) {
            records = new DataRecords(keys);
        }
        return records;
    }

    private byte[] received() {
        if (received.length == 0) {
            received = new byte[DatagramQueue.MAX_RECEIVED_BYTES];
        }
        return received;
    }

    /**
     * Sends application data as one record and one datagram.
     *
     * @param length up to {@link #MAX_DATA_BYTES}
     * @return whether it was sent; not before {@link DtlsListener#onDtlsConnected}, and not after the end
     */
    public boolean send(byte[] data, int offset, int length) {
        DTLSTransport connected = dtls;
        if (state != State.CONNECTED || connected == null) {
            return false;
        }
        DataRecords ours = records();
        if (ours != null) {
            int recordBytes = ours.seal(data, offset, length);
            if (recordBytes == DataRecords.REFUSED) {
                loop.execute(this::endBroken);
                return false;
            }
            listener.onDtlsSendRecord(ours.memory(), DataRecords.offset(), recordBytes);
            return true;
        }
        try {
            connected.send(data, offset, length);
            queue.flush();
            return true;
        } catch (IOException e) {
            LOG.debug("association broken", e);
            // Not from within: whoever sends is in the middle of something.
            loop.execute(this::endBroken);
            return false;
        }
    }

    /** Ends it: tells the other side if it is connected, ends the handshake's thread if it runs. */
    @Override
    public void close() {
        State before = state;
        DataRecords ours = records;
        if (before == State.CONNECTED && ours != null) {
            // After our numbers the other side would take BouncyCastle's for replays.
            sayGoodbye(ours);
            ours.close();
        } else if (before == State.CONNECTED && dtls != null) {
            try {
                dtls.close();
                queue.flush();
            } catch (IOException e) {
                LOG.debug("close_notify not sent", e);
            }
        }
        records = null;
        state = State.CLOSED;
        if (before == State.HANDSHAKING) {
            handshakes.countAbandoned();
            if (thread != null) {
                thread.interrupt();
            }
        }
        queue.close();
    }

    private void sayGoodbye(DataRecords ours) {
        int recordBytes = ours.sealAlert(AlertLevel.warning, AlertDescription.close_notify);
        if (recordBytes != DataRecords.REFUSED) {
            listener.onDtlsSendRecord(ours.memory(), DataRecords.offset(), recordBytes);
        }
    }

    private boolean enqueue(byte[] datagram) {
        if (handshakeDatagrams < handshakes.config().maxHandshakeDatagrams()
                && budget.allows(datagram)
                && queue.offer(datagram)) {
            handshakeDatagrams++;
            return true;
        }
        handshakes.countOverLimit();
        return false;
    }

    private void handshake() {
        state = State.HANDSHAKING;
        DtlsHandshake handshake =
                new DtlsHandshake(role, agreement, queue, handshakes, this::onOutcome);
        thread = Thread.ofVirtual().name("dtls-handshake").start(handshake);
    }

    /** Called on the handshake's thread, as its last deed. */
    private void onOutcome(DtlsHandshake.Outcome outcome) {
        try {
            loop.execute(() -> end(outcome));
        } catch (RejectedExecutionException e) {
            // The loop is gone, and this association with it.
            handshakes.countAbandoned();
        }
    }

    private void end(DtlsHandshake.Outcome outcome) {
        thread = null;
        if (state == State.CLOSED) {
            return;
        }
        switch (outcome) {
            case DtlsHandshake.Failed(DtlsFailure reason) -> fail(reason);
            case DtlsHandshake.Connected(DTLSTransport connected, SrtpKeys keys) -> {
                handshakes.countConnected();
                dtls = connected;
                queue.becomeLoopOwned();
                state = State.CONNECTED;
                listener.onDtlsConnected(keys);
                for (byte[] early : queue.drain()) {
                    onRecords(MemorySegment.ofArray(early), 0, early.length);
                }
                // An alert may have come before.
                pump();
            }
        }
    }

    private void fail(DtlsFailure reason) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        queue.close();
        handshakes.countFailure(reason);
        listener.onDtlsFailed(reason);
    }

    /** Lets BouncyCastle read what is queued: data, alerts, resends of the last flight. */
    private void pump() {
        boolean broken = false;
        while (state == State.CONNECTED && !broken && !queue.isEmpty()) {
            try {
                read();
            } catch (InterruptedIOException drained) {
                // BouncyCastle's only way to hear that there is nothing more: the loop ends here.
                continue;
            } catch (IOException e) {
                LOG.debug("association broken", e);
                broken = true;
            }
        }
        if (broken || agreement.closedByRemote()) {
            endBroken();
        }
    }

    private void endBroken() {
        if (state == State.CONNECTED) {
            close();
            listener.onDtlsClosed();
        }
    }

    private void read() throws IOException {
        DTLSTransport connected = dtls;
        if (connected == null) {
            throw new IllegalStateException("connected without a transport");
        }
        byte[] data = received();
        // A wait of 0 would be without end.
        int length = connected.receive(data, 0, data.length, 1);
        while (length >= 0) {
            heardData = true;
            if (!listener.onDtlsData(data, 0, length)) {
                handshakes.countApplicationData();
            }
            // Who hears of data may have closed this.
            length = state == State.CONNECTED ? connected.receivePending(data, 0, data.length) : -1;
        }
        queue.flush();
    }

    /** Called on the handshake's thread while there is one, on the loop afterwards. */
    private void output(byte[] data, int offset, int length) throws IOException {
        if (queue.loopOwned()) {
            transmit(data, offset, length);
            return;
        }
        byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
        try {
            loop.execute(() -> transmit(copy, 0, copy.length));
        } catch (RejectedExecutionException e) {
            throw new IOException("the loop is gone", e);
        }
    }

    private void transmit(byte[] data, int offset, int length) {
        if (state != State.CLOSED) {
            listener.onDtlsSend(data, offset, length);
        }
    }
}
