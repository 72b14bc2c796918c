package io.sluice.dtls;

import io.sluice.srtp.SrtpKeys;
import java.io.IOException;
import java.util.function.Consumer;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsTimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One handshake, on its own virtual thread: BouncyCastle only knows how to wait.
 *
 * <p>No HelloVerifyRequest is sent: BouncyCastle's does not take fragmented ClientHellos, as all
 * browsers send. ICE has checked the address already.
 */
final class DtlsHandshake implements Runnable {

    sealed interface Outcome {}

    record Connected(DTLSTransport dtls, SrtpKeys keys) implements Outcome {}

    record Failed(DtlsFailure reason) implements Outcome {}

    private static final Logger LOG = LoggerFactory.getLogger(DtlsHandshake.class);

    private final DtlsRole role;
    private final SrtpAgreement agreement;
    private final DatagramQueue queue;
    private final DtlsHandshakes handshakes;
    private final Consumer<Outcome> onOutcome;
    private volatile @Nullable Thread thread;
    private volatile boolean displaced;

    DtlsHandshake(
            DtlsRole role,
            SrtpAgreement agreement,
            DatagramQueue queue,
            DtlsHandshakes handshakes,
            Consumer<Outcome> onOutcome) {
        this.role = role;
        this.agreement = agreement;
        this.queue = queue;
        this.handshakes = handshakes;
        this.onOutcome = onOutcome;
    }

    @Override
    public void run() {
        Outcome outcome;
        thread = Thread.currentThread();
        handshakes.enter(this);
        try {
            outcome = negotiate();
            queue.flush();
        } catch (IOException e) {
            LOG.debug("last flight not sent", e);
            return;
        } finally {
            handshakes.leave(this);
        }
        onOutcome.accept(outcome);
    }

    private Outcome negotiate() {
        DtlsConfig config = handshakes.config();
        try {
            DTLSTransport dtls =
                    switch (role) {
                        case SERVER ->
                                new DTLSServerProtocol()
                                        .accept(new SrtpTlsServer(agreement, config), queue);
                        case CLIENT ->
                                new DTLSClientProtocol()
                                        .connect(new SrtpTlsClient(agreement, config), queue);
                    };
            SrtpKeys keys = agreement.keys();
            return keys == null ? new Failed(DtlsFailure.PROTOCOL) : new Connected(dtls, keys);
        } catch (TlsTimeoutException e) {
            return failed(DtlsFailure.TIMEOUT, e);
        } catch (TlsFatalAlertReceived e) {
            return failed(DtlsFailure.REFUSED_BY_REMOTE, e);
        } catch (IOException e) {
            return failed(reason(), e);
        } catch (RuntimeException | Error e) {
            // Whoever waits for the outcome would have to wait for ever.
            LOG.error("handshake broke", e);
            return new Failed(DtlsFailure.PROTOCOL);
        }
    }

    private DtlsFailure reason() {
        DtlsFailure demand = agreement.failure();
        if (demand != null) {
            return demand;
        }
        return displaced ? DtlsFailure.TOO_MANY_HANDSHAKES : DtlsFailure.PROTOCOL;
    }

    /** Ends it for the sake of newer ones; from any thread. */
    void displace() {
        displaced = true;
        Thread at = thread;
        if (at != null) {
            at.interrupt();
        }
    }

    private static Outcome failed(DtlsFailure reason, IOException e) {
        LOG.debug("handshake failed: {}", reason, e);
        return new Failed(reason);
    }
}
