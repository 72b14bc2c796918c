package io.sluice.ice;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import javax.crypto.SecretKey;
import org.ice4j.StunException;
import org.ice4j.message.Message;
import org.ice4j.message.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings STUN messages to the sessions they are for, once they have proved who sent them.
 *
 * <p>Owned by the loop.
 */
final class StunInput {
    private static final Logger LOG = LoggerFactory.getLogger(StunInput.class);

    private final IceServer server;
    private final MemorySegment memory;
    private final StunMessage stun = new StunMessage();
    private final StunIntegrity integrity = new StunIntegrity();
    private final RequestRate plainRate;

    /**
     * @param memory of the slab that datagrams lie in
     */
    StunInput(IceServer server, MemorySegment memory) {
        this.server = server;
        this.memory = memory;
        int perSecond = server.config().stun().perSecond();
        plainRate = new RequestRate(perSecond, perSecond, server.nowNanos());
    }

    /** Takes one message, and answers it or drops it with a reason. */
    void onDatagram(
            int socket, long high, long low, int remotePort, int slot, int length, long nowNanos) {
        if (!stun.read(memory, Slab.offset(slot), length)) {
            server.drop(DatagramDrop.STUN_MALFORMED);
            return;
        }
        switch (stun.type()) {
            case StunMessage.BINDING_REQUEST -> {
                IceGeneration generation =
                        stun.forOurUfrag() ? server.generation(stun.localUfrag()) : null;
                if (generation == null && isPlain(socket)) {
                    onPlainRequest(new Path(socket, high, low, remotePort), slot, length, nowNanos);
                    return;
                }
                if (generation == null) {
                    server.drop(DatagramDrop.STUN_UNKNOWN_UFRAG);
                    return;
                }
                byte[] bytes = authenticated(slot, length, generation.localKey());
                if (bytes != null) {
                    Path from = new Path(socket, high, low, remotePort);
                    onRequest(generation, bytes, from, nowNanos);
                }
            }
            case StunMessage.BINDING_SUCCESS, StunMessage.BINDING_ERROR -> {
                StunTransaction transaction = server.transactions().get(stun.transactionHigh());
                if (transaction == null
                        || !transaction.expects(
                                stun.transactionLow(), socket, high, low, remotePort)) {
                    server.drop(DatagramDrop.STUN_UNKNOWN_TRANSACTION);
                    return;
                }
                SecretKey key = transaction.stack().generation().remoteKey();
                byte[] bytes = key == null ? null : authenticated(slot, length, key);
                if (bytes != null) {
                    Path from = new Path(socket, high, low, remotePort);
                    onResponse(transaction, bytes, from, nowNanos);
                }
            }
            case StunMessage.BINDING_INDICATION -> server.drop(DatagramDrop.STUN_INDICATION);
            default -> server.drop(DatagramDrop.STUN_MALFORMED);
        }
    }

    /** Whether the message just read only asks where it came from, and that may be told. */
    private boolean isPlain(int socket) {
        return server.config().stun().enabled()
                && socket < UdpPort.FIRST_STREAM
                && !stun.hasUsername()
                && !stun.hasIntegrity();
    }

    private void onPlainRequest(Path from, int slot, int length, long nowNanos) {
        if (!stun.isPlainCheck()) {
            // RFC 8489 6.3.1 would have it told which attributes are not understood: nobody needs
            // to know.
            server.drop(DatagramDrop.STUN_REFUSED);
            return;
        }
        if (!plainRate.pass(nowNanos)) {
            server.drop(DatagramDrop.STUN_RATE_LIMITED);
            return;
        }
        byte[] bytes = memory.asSlice(Slab.offset(slot), length).toArray(ValueLayout.JAVA_BYTE);
        if (stun.hasFingerprint() && !integrity.fingerprintFits(bytes, stun.fingerprintOffset())) {
            server.drop(DatagramDrop.STUN_BAD_FINGERPRINT);
            return;
        }
        StunWriter writer = server.writer();
        int answer = writer.plainSuccess(bytes, from, stun.hasFingerprint());
        server.write(from, writer.bytes(), answer);
        server.countPlainAnswer();
    }

    /** The protected part of the message just read, or null if it does not prove its sender. */
    private byte @Nullable [] authenticated(int slot, int length, SecretKey key) {
        if (!stun.hasIntegrity()) {
            server.drop(DatagramDrop.STUN_NO_INTEGRITY);
            return null;
        }
        byte[] bytes = memory.asSlice(Slab.offset(slot), length).toArray(ValueLayout.JAVA_BYTE);
        if (stun.hasFingerprint() && !integrity.fingerprintFits(bytes, stun.fingerprintOffset())) {
            server.drop(DatagramDrop.STUN_BAD_FINGERPRINT);
            return null;
        }
        byte[] part = StunIntegrity.protectedPart(bytes, stun.integrityEnd());
        if (!integrity.fits(part, stun.integrityOffset(), key)) {
            server.drop(DatagramDrop.STUN_BAD_INTEGRITY);
            return null;
        }
        return part;
    }

    private void onRequest(IceGeneration generation, byte[] bytes, Path from, long nowNanos) {
        // Only now: who does not know the password must not use up what its client may ask.
        if (!generation.session().mayAsk(nowNanos)) {
            server.drop(DatagramDrop.STUN_RATE_LIMITED);
            return;
        }
        if (generation.session().isConsent(generation, stun, bytes, from, nowNanos)) {
            StunWriter writer = server.writer();
            int length = writer.success(bytes, from, generation.localKey());
            server.write(from, writer.bytes(), length);
            return;
        }
        Message request = decode(bytes);
        if (request == null) {
            return;
        }
        try {
            generation.session().onRequest(generation, stun, request, bytes, from, nowNanos);
        } catch (RuntimeException | Error e) {
            server.drop(DatagramDrop.LISTENER_FAILED);
            server.fail(generation.session(), e);
        }
    }

    private void onResponse(StunTransaction transaction, byte[] bytes, Path from, long nowNanos) {
        Response response = null;
        if (transaction.collector() != null) {
            if (!(decode(bytes) instanceof Response decoded)) {
                return;
            }
            response = decoded;
        }
        boolean success = stun.type() == StunMessage.BINDING_SUCCESS;
        transaction.end();
        IceSession session = transaction.stack().generation().session();
        try {
            if (response != null) {
                transaction.stack().generation().onResponse(transaction, response, bytes, from);
            }
            session.onResponse(transaction, success, from, nowNanos);
        } catch (RuntimeException | Error e) {
            server.drop(DatagramDrop.LISTENER_FAILED);
            server.fail(session, e);
        }
    }

    private @Nullable Message decode(byte[] bytes) {
        try {
            // ice4j decodes wrongly from any offset but 0.
            return Message.decode(bytes, 0, bytes.length);
        } catch (StunException | RuntimeException e) {
            LOG.debug("An authenticated STUN message cannot be decoded", e);
            server.drop(DatagramDrop.STUN_MALFORMED);
            return null;
        }
    }
}
