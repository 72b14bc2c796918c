package io.sluice.dtls;

import io.sluice.srtp.GcmCipher;
import io.sluice.srtp.SrtpKeys;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One end of a test: an association, and what it said. Owned by the test's loop. */
final class Side implements DtlsListener {

    static final SecureRandom RANDOM = new SecureRandom();
    static final DtlsIdentity IDENTITY = DtlsIdentity.generate(RANDOM, Instant.now());
    static final DtlsIdentity OTHER_IDENTITY = DtlsIdentity.generate(RANDOM, Instant.now());

    final DtlsAssociation association;
    final List<byte[]> sent = new ArrayList<>();
    Consumer<byte[]> network = _ -> {};
    final List<byte[]> data = new ArrayList<>();
    boolean takesData = true;
    Runnable onData = () -> {};
    volatile @Nullable SrtpKeys keys;
    volatile @Nullable DtlsFailure failure;
    volatile boolean closed;
    volatile boolean offLoop;
    private final Thread loopThread;

    Side(
            TestLoop loop,
            DtlsRole role,
            DtlsIdentity identity,
            List<String> remoteFingerprints,
            DtlsHandshakes handshakes) {
        this(loop, role, identity, remoteFingerprints, handshakes, GcmCipher.available());
    }

    Side(
            TestLoop loop,
            DtlsRole role,
            DtlsIdentity identity,
            List<String> remoteFingerprints,
            DtlsHandshakes handshakes,
            boolean ownsData) {
        this(loop, role, identity, remoteFingerprints, handshakes, ownsData, RANDOM);
    }

    Side(
            TestLoop loop,
            DtlsRole role,
            DtlsIdentity identity,
            List<String> remoteFingerprints,
            DtlsHandshakes handshakes,
            boolean ownsData,
            SecureRandom random) {
        loopThread = loop.call(Thread::currentThread);
        association =
                new DtlsAssociation(
                        identity,
                        role,
                        remoteFingerprints,
                        handshakes,
                        loop,
                        random,
                        this,
                        ownsData);
    }

    void receive(byte[] datagram) {
        association.onDatagram(MemorySegment.ofArray(datagram), 0, datagram.length);
    }

    @Override
    public void onDtlsSend(byte[] data, int offset, int length) {
        check();
        byte[] datagram = Arrays.copyOfRange(data, offset, offset + length);
        sent.add(datagram);
        network.accept(datagram);
    }

    @Override
    public void onDtlsSendRecord(MemorySegment memory, long offset, int length) {
        byte[] record = memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
        onDtlsSend(record, 0, length);
    }

    @Override
    public void onDtlsConnected(SrtpKeys keys) {
        check();
        this.keys = keys;
    }

    @Override
    public boolean onDtlsData(byte[] bytes, int offset, int length) {
        check();
        data.add(Arrays.copyOfRange(bytes, offset, offset + length));
        onData.run();
        return takesData;
    }

    @Override
    public void onDtlsFailed(DtlsFailure reason) {
        check();
        failure = reason;
    }

    @Override
    public void onDtlsClosed() {
        check();
        closed = true;
    }

    boolean over() {
        return keys != null || failure != null;
    }

    SrtpKeys agreedKeys() {
        SrtpKeys agreed = keys;
        if (agreed == null) {
            throw new AssertionError("no keys: " + failure);
        }
        return agreed;
    }

    private void check() {
        offLoop |= Thread.currentThread() != loopThread;
    }
}
