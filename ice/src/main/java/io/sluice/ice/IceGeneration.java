package io.sluice.ice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.SecretKey;
import org.ice4j.ResponseCollector;
import org.ice4j.StunMessageEvent;
import org.ice4j.StunResponseEvent;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.attribute.Attribute;
import org.ice4j.attribute.AttributeFactory;
import org.ice4j.attribute.IceControlAttribute;
import org.ice4j.attribute.MessageIntegrityAttribute;
import org.ice4j.attribute.UsernameAttribute;
import org.ice4j.ice.Agent;
import org.ice4j.ice.CandidateType;
import org.ice4j.ice.Component;
import org.ice4j.ice.IceMediaStream;
import org.ice4j.ice.IceProcessingState;
import org.ice4j.ice.KeepAliveStrategy;
import org.ice4j.ice.RemoteCandidate;
import org.ice4j.message.Message;
import org.ice4j.message.MessageFactory;
import org.ice4j.message.Request;
import org.ice4j.message.Response;
import org.ice4j.stack.RawMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session's credentials between two ICE restarts, and the ice4j agent that works with them.
 *
 * <p>Owned by the session's loop. The agent waits until the remote side's first valid check, for an
 * agent that runs ticks every 20 ms; once completed it ticks every minute. It is replaced by a fresh
 * one with the same credentials when it has failed for good, or has seen many addresses, because
 * ice4j's failure is final and its check list only grows.
 */
final class IceGeneration {
    private static final Logger LOG = LoggerFactory.getLogger(IceGeneration.class);
    private static final String STREAM = "media";

    /**
     * ice4j's pace while checks are wanted is 20 ms; this is for the time after. Every 2 s it took a
     * fifteenth of the CPU time of a room of a hundred, and for little: what a connected session wants
     * checked, it checks itself.
     */
    private static final long COMPLETED_TICK_MILLIS = 60_000;

    /** RFC 8445 5.1.2.1: type preference 110 of peer-reflexive, highest local preference, component 1. */
    private static final long CHECK_PRIORITY = (110L << 24) + (65_535L << 8) + 255;

    private final IceServer server;
    private final IceSession session;
    private final int number;
    private final IceCredentials local;
    private final SecretKey localKey;
    private final List<CandidateLine> remoteCandidates = new ArrayList<>();
    private @Nullable IceCredentials remote;
    private @Nullable SecretKey remoteKey;

    /** What the remote side's checks begin with, once it is known: our name and its own. */
    private byte @Nullable [] usernames;

    private boolean remoteIsLite;
    private int addresses;
    private boolean closed;
    private LoopStunStack stack;
    private LoopAgent agent;
    private Component component;
    private boolean checked;
    private boolean started;

    IceGeneration(IceServer server, IceSession session, int number, IceCredentials local) {
        this.server = server;
        this.session = session;
        this.number = number;
        this.local = local;
        localKey = StunIntegrity.key(local.password());
        stack = new LoopStunStack(server, this);
        agent = new LoopAgent(stack, local, server.hosts());
        component = prepare(agent);
    }

    private Component prepare(LoopAgent fresh) {
        fresh.setControlling(remoteIsLite);
        fresh.addStateChangeListener(event -> onState(fresh, event.getNewValue()));
        IceMediaStream stream = fresh.createMediaStream(STREAM);
        try {
            return fresh.createComponent(stream, KeepAliveStrategy.SELECTED_ONLY, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Called on the loop or on one of ice4j's threads. */
    private void onState(Agent of, Object state) {
        if (state == IceProcessingState.COMPLETED) {
            of.setTa(COMPLETED_TICK_MILLIS);
        } else if (state == IceProcessingState.FAILED) {
            server.onLoop(() -> {
                if (of == agent) {
                    renew();
                }
            });
        }
    }

    /** A fresh agent with the same credentials; paths already proven stay so. */
    private void renew() {
        if (closed) {
            return;
        }
        agent.free();
        stack = new LoopStunStack(server, this);
        agent = new LoopAgent(stack, local, server.hosts());
        component = prepare(agent);
        addresses = 0;
        checked = false;
        started = false;
        applyRemote();
        for (CandidateLine candidate : remoteCandidates) {
            component.addRemoteCandidate(remoteCandidate(candidate));
        }
        startIfReady();
    }

    int number() {
        return number;
    }

    IceSession session() {
        return session;
    }

    IceCredentials local() {
        return local;
    }

    SecretKey localKey() {
        return localKey;
    }

    /** Verifies responses; null while the remote credentials are not known. */
    @Nullable SecretKey remoteKey() {
        return remoteKey;
    }

    boolean controlling() {
        return agent.isControlling();
    }

    /**
     * Whether a request belongs to these credentials, by the ufrag of the remote side in it. Before they
     * are known any may.
     */
    boolean accepts(Message request) {
        IceCredentials credentials = remote;
        return credentials == null || credentials.ufrag().equals(remoteUfrag(request));
    }

    /** The second half of USERNAME (RFC 8445 7.2.2); empty if it has none. */
    private static String remoteUfrag(Message request) {
        if (request.getAttribute(Attribute.USERNAME) instanceof UsernameAttribute username) {
            String text = new String(username.getUsername(), StandardCharsets.UTF_8);
            return text.substring(text.indexOf(':') + 1);
        }
        return "";
    }

    /** ice4j looks at new addresses at its next tick only, up to a minute from now. */
    boolean completed() {
        return agent.getState() == IceProcessingState.COMPLETED;
    }

    void setRemote(IceCredentials credentials, boolean lite) {
        remote = credentials;
        remoteKey = StunIntegrity.key(credentials.password());
        usernames = (local.ufrag() + ":" + credentials.ufrag()).getBytes(StandardCharsets.UTF_8);
        remoteIsLite = lite;
        if (!started) {
            agent.setControlling(lite);
        }
        applyRemote();
        startIfReady();
    }

    private void applyRemote() {
        IceCredentials credentials = remote;
        if (credentials != null) {
            IceMediaStream stream = agent.getStream(STREAM);
            stream.setRemoteUfrag(credentials.ufrag());
            stream.setRemotePassword(credentials.password());
        }
    }

    /** False if it has as many as it may have. */
    boolean addRemoteCandidate(CandidateLine candidate, int limit) {
        if (remoteCandidates.size() >= limit) {
            return false;
        }
        remoteCandidates.add(candidate);
        if (started) {
            component.addUpdateRemoteCandidates(remoteCandidate(candidate));
            component.updateRemoteCandidates();
        } else {
            component.addRemoteCandidate(remoteCandidate(candidate));
            startIfReady();
        }
        return true;
    }

    private RemoteCandidate remoteCandidate(CandidateLine candidate) {
        return new RemoteCandidate(
                new TransportAddress(candidate.address(), candidate.port(), Transport.UDP),
                component,
                CandidateType.parse(candidate.type()),
                candidate.foundation(),
                candidate.priority(),
                null);
    }

    private void startIfReady() {
        // A lite remote side never checks: we must begin.
        boolean wanted = checked || (remoteIsLite && !remoteCandidates.isEmpty());
        if (!started && wanted && remote != null) {
            started = true;
            agent.startConnectivityEstablishment();
        }
    }

    /** A request came from an address new to the session. */
    void onNewAddress(int limit) {
        if (++addresses > limit) {
            renew();
        }
    }

    /**
     * An authenticated request: ice4j answers it, and checks the way back where it must. False if
     * ice4j refuses it.
     */
    boolean onRequest(StunMessage stun, Message request, byte[] bytes, Path path) {
        if (path.isStream()) {
            return answer(stun, request, bytes, path);
        }
        try {
            stack.receive(new StunMessageEvent(stack, raw(bytes, path), request));
        } catch (IllegalArgumentException e) {
            // How ice4j refuses a request, for instance one without PRIORITY.
            LOG.debug("A Binding request was refused", e);
            return false;
        }
        checked = true;
        startIfReady();
        return true;
    }

    /**
     * Answers a check over TCP (RFC 8445 7.3.1). ice4j has no part in it: who only waits for connections
     * has no pairs to form.
     */
    private boolean answer(StunMessage stun, Message request, byte[] bytes, Path path) {
        if (!stun.isPlainCheck() || stun.priority() == 0) {
            return false;
        }
        StunWriter writer = server.writer();
        int length =
                mayKeepRole(stun, request)
                        ? writer.success(bytes, path, localKey)
                        : writer.roleConflict(bytes, localKey);
        server.write(path, writer.bytes(), length);
        return true;
    }

    /** Whether the remote side may have the role that it says it has (RFC 8445 7.3.1.1). */
    private boolean mayKeepRole(StunMessage stun, Message request) {
        boolean controlling = agent.isControlling();
        int ours = controlling ? StunMessage.ICE_CONTROLLING : StunMessage.ICE_CONTROLLED;
        if (stun.role() != ours) {
            return true;
        }
        char attribute = controlling ? Attribute.ICE_CONTROLLING : Attribute.ICE_CONTROLLED;
        if (!(request.getAttribute(attribute) instanceof IceControlAttribute theirs)) {
            return true;
        }
        boolean wins = Long.compareUnsigned(agent.getTieBreaker(), theirs.getTieBreaker()) >= 0;
        if (wins == controlling) {
            return false;
        }
        agent.setControlling(!controlling);
        return true;
    }

    /** An authenticated response to a request of this generation. */
    void onResponse(StunTransaction transaction, Response response, byte[] bytes, Path path) {
        ResponseCollector collector = transaction.collector();
        if (collector != null && transaction.stack() == stack) {
            collector.processResponse(
                    new StunResponseEvent(
                            stack,
                            raw(bytes, path),
                            response,
                            transaction.request(),
                            transaction.id()));
        }
    }

    private RawMessage raw(byte[] bytes, Path path) {
        TransportAddress from =
                new TransportAddress(
                        RemoteAddress.inetAddress(path.remoteHigh(), path.remoteLow()),
                        path.remotePort(),
                        Transport.UDP);
        return RawMessage.build(bytes, bytes.length, from, server.localAddress(path.socket()));
    }

    /** Whether a request of the newest known remote side has nothing that ice4j would answer otherwise. */
    boolean isPlainCheck(StunMessage stun, byte[] bytes) {
        byte[] names = usernames;
        int role = agent.isControlling() ? StunMessage.ICE_CONTROLLED : StunMessage.ICE_CONTROLLING;
        return names != null
                && stun.isPlainCheck()
                && stun.role() == role
                && stun.priority() != 0
                && stun.isFrom(bytes, names);
    }

    /** Asks for consent on the path in use: once, for the next question comes soon. */
    void askForConsent(Path path) {
        IceCredentials credentials = remote;
        SecretKey key = remoteKey;
        if (closed || credentials == null || key == null) {
            return;
        }
        sendOnce(path, credentials, key, false);
    }

    private void sendOnce(Path path, IceCredentials to, SecretKey key, boolean nominating) {
        stack.sendOnce(
                path,
                (to.ufrag() + ":" + local.ufrag()).getBytes(StandardCharsets.UTF_8),
                (int) CHECK_PRIORITY,
                agent.isControlling() ? StunMessage.ICE_CONTROLLING : StunMessage.ICE_CONTROLLED,
                agent.getTieBreaker(),
                nominating,
                key);
    }

    /**
     * A check of our own, beside ice4j's, for TCP and for new addresses after completion.
     *
     * @param nominating whether one over TCP is nominated by it
     */
    void check(Path path, boolean nominating) {
        IceCredentials credentials = remote;
        SecretKey key = remoteKey;
        if (closed || credentials == null || key == null || !stack.hasRoomFor(path)) {
            return;
        }
        if (path.isStream()) {
            // Once: TCP itself sends again (RFC 8489 6.2.2).
            sendOnce(path, credentials, key, nominating);
            return;
        }
        String username = credentials.ufrag() + ":" + local.ufrag();
        Request request = MessageFactory.createBindingRequest();
        request.putAttribute(AttributeFactory.createPriorityAttribute(CHECK_PRIORITY));
        request.putAttribute(
                agent.isControlling()
                        ? AttributeFactory.createIceControllingAttribute(agent.getTieBreaker())
                        : AttributeFactory.createIceControlledAttribute(agent.getTieBreaker()));
        request.putAttribute(AttributeFactory.createUsernameAttribute(username));
        MessageIntegrityAttribute integrity =
                AttributeFactory.createMessageIntegrityAttribute(username);
        integrity.setMedia(STREAM);
        request.putAttribute(integrity);
        stack.send(request, path);
    }

    void close() {
        if (!closed) {
            closed = true;
            agent.free();
        }
    }
}
