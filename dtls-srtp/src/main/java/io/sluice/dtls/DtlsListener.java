package io.sluice.dtls;

import io.sluice.srtp.SrtpKeys;
import java.lang.foreign.MemorySegment;

/**
 * What a {@link DtlsAssociation} has to say. Every call comes on the executor it was made with.
 *
 * <p>After {@link #onDtlsFailed} or {@link #onDtlsClosed} nothing follows.
 */
public interface DtlsListener {

    /** A datagram for the other side. The array is the association's again when this returns. */
    void onDtlsSend(byte[] data, int offset, int length);

    /** As {@link #onDtlsSend}, with memory off the heap: a record of data after the handshake. */
    void onDtlsSendRecord(MemorySegment memory, long offset, int length);

    /** The handshake is over and the certificate is the one that was announced. */
    void onDtlsConnected(SrtpKeys keys);

    /**
     * The application data of one record. The array is the association's again when this returns.
     *
     * @return whether anybody takes it; it is counted as dropped if not
     */
    boolean onDtlsData(byte[] data, int offset, int length);

    /** The handshake is over, and there are no keys. */
    void onDtlsFailed(DtlsFailure reason);

    /** The other side ended the association: close_notify, or a fatal alert after the handshake. */
    void onDtlsClosed();
}
