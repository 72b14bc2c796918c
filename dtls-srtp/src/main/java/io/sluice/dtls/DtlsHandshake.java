package io.sluice.dtls;

import io.sluice.srtp.SrtpKeys;
import java.io.IOException;
import java.util.function.Consumer;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsTimeoutException;
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
        try {
            if (handshakes.enter()) {
                try {
                    outcome = negotiate();
                    queue.flush();
                } finally {
                    handshakes.leave();
                }
            } else {
                outcome = new Failed(DtlsFailure.TOO_MANY_HANDSHAKES);
            }
        } catch (InterruptedException e) {
            LOG.debug("closed while waiting for a turn", e);
            return;
        } catch (IOException e) {
            LOG.debug("last flight not sent", e);
            return;
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
            DtlsFailure demand = agreement.failure();
            return failed(demand == null ? DtlsFailure.PROTOCOL : demand, e);
        } catch (RuntimeException e) {
            LOG.error("handshake broke", e);
            return new Failed(DtlsFailure.PROTOCOL);
        }
    }

    private static Outcome failed(DtlsFailure reason, IOException e) {
        LOG.debug("handshake failed: {}", reason, e);
        return new Failed(reason);
    }
}
