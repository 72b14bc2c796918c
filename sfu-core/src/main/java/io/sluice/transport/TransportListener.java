package io.sluice.transport;

import io.sluice.dtls.DtlsFailure;
import io.sluice.forward.Allocation;

/** Hears what becomes of a transport, on its loop. */
public interface TransportListener {

    /** ICE and DTLS are up: media flows from now on. */
    void onConnected();

    /** Why DTLS gave no keys; {@link #onEnded} follows. */
    void onHandshakeFailed(DtlsFailure reason);

    /** How media got through since the last call; every two seconds while it is up. */
    void onMeasured(PathMeasure measure);

    /** The bandwidth grants something else of a subscription; as {@link Allocation.Listener} says. */
    void onAllocated(int ssrc, int encoding);

    /** It has ended by itself and is closed; nothing follows. */
    void onEnded(TransportEnd reason);
}
