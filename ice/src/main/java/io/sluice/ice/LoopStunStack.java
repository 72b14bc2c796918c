package io.sluice.ice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.SecretKey;
import org.ice4j.ResponseCollector;
import org.ice4j.StunException;
import org.ice4j.StunMessageEvent;
import org.ice4j.TransportAddress;
import org.ice4j.attribute.Attribute;
import org.ice4j.message.Indication;
import org.ice4j.message.Request;
import org.ice4j.message.Response;
import org.ice4j.socket.IceSocketWrapper;
import org.ice4j.stack.RequestListener;
import org.ice4j.stack.StunStack;
import org.ice4j.stack.TransactionID;
import org.jspecify.annotations.Nullable;

/**
 * The sending and dispatching half of ice4j's STUN stack, on a loop's sockets: no socket, thread or
 * server transaction of ice4j is used.
 *
 * <p>Owned by the loop; {@link #sendRequest} and {@link #cancelTransaction} are also called by ice4j's
 * pace-maker threads, and hop to the loop. The transaction ids that ice4j makes are guessable (clock
 * and a clock-seeded generator): each request gets 96 bits of the server's secure randomness instead.
 */
final class LoopStunStack extends StunStack {
    /** Checks of ours that wait for an answer: a client needs one for each address it may use. */
    static final int MAX_OPEN = 64;

    /** For one address: over a slow path the answer to the first is still on its way. */
    private static final int MAX_OPEN_TO_ADDRESS = 4;

    /** Longer than any round trip over which one would talk. */
    private static final int CONSENT_WAIT_MILLIS = 3_000;

    private final IceServer server;
    private final IceGeneration generation;
    private final Set<StunTransaction> open = new HashSet<>();
    private @Nullable RequestListener listener;
    private boolean shut;

    LoopStunStack(IceServer server, IceGeneration generation) {
        this.server = server;
        this.generation = generation;
    }

    IceGeneration generation() {
        return generation;
    }

    /** False if the agent has been freed since the request was made. */
    boolean add(StunTransaction transaction) {
        return !shut && open.add(transaction);
    }

    void remove(StunTransaction transaction) {
        open.remove(transaction);
    }

    /** Hands an authenticated request to the agent, which answers it by {@link #sendResponse}. */
    void receive(StunMessageEvent request) {
        RequestListener to = listener;
        if (to != null) {
            to.processRequest(request);
        }
    }

    @Override
    public void addSocket(IceSocketWrapper socket) {}

    @Override
    public void addSocket(IceSocketWrapper socket, TransportAddress remote) {}

    @Override
    public void removeSocket(TransportAddress local) {}

    @Override
    public void removeSocket(TransportAddress local, TransportAddress remote) {}

    @Override
    public void addRequestListener(RequestListener requests) {
        listener = requests;
    }

    @Override
    public void removeRequestListener(RequestListener requests) {
        listener = null;
    }

    @Override
    public void sendIndication(Indication indication, TransportAddress to, TransportAddress via) {
        // Keep-alives by indication are turned off; consent checks keep the path open.
    }

    @Override
    public TransactionID sendRequest(
            Request request,
            TransportAddress to,
            TransportAddress via,
            ResponseCollector collector,
            TransactionID given,
            int firstWaitMillis,
            int maxWaitMillis,
            int retransmissions)
            throws IOException {
        int socket = server.socketOf(via);
        if (socket < 0) {
            throw new IOException("no socket has the address " + via);
        }
        Path path =
                new Path(
                        socket,
                        RemoteAddress.high(to.getAddress()),
                        RemoteAddress.low(to.getAddress()),
                        to.getPort());
        StunTransaction transaction = transaction(request, path, collector);
        transaction.id().setApplicationData(given.getApplicationData());
        transaction.pace(firstWaitMillis, maxWaitMillis, retransmissions);
        server.onLoop(transaction::begin);
        return transaction.id();
    }

    /**
     * Whether one more check of our own may be begun. Each is sent seven times, and whoever asks for it
     * may have lied about the address.
     */
    boolean hasRoomFor(Path path) {
        int toAddress = 0;
        for (StunTransaction transaction : open) {
            toAddress += transaction.isTo(path) ? 1 : 0;
        }
        return open.size() < MAX_OPEN && toAddress < MAX_OPEN_TO_ADDRESS;
    }

    /** Sends a request of our own and retransmits it as usual. */
    void send(Request request, Path path) {
        try {
            transaction(request, path, null).begin();
        } catch (IOException e) {
            throw new IllegalStateException("a Binding request of our own can be encoded", e);
        }
    }

    /** Sends a request that is not sent again, and of whose answer ice4j hears nothing. */
    void sendOnce(
            Path path,
            byte[] username,
            int priority,
            int role,
            long tieBreaker,
            boolean nominating,
            SecretKey key) {
        TransactionID id = transactionId();
        StunWriter writer = server.writer();
        int length =
                writer.request(
                        id.getBytes(), username, priority, role, tieBreaker, nominating, key);
        byte[] wire = Arrays.copyOf(writer.bytes(), length);
        StunTransaction transaction =
                new StunTransaction(server, this, null, wire, id, path, null, nominating);
        transaction.pace(CONSENT_WAIT_MILLIS, CONSENT_WAIT_MILLIS, 0);
        transaction.begin();
    }

    private TransactionID transactionId() {
        byte[] bytes = new byte[StunMessage.TRANSACTION_BYTES];
        server.random().nextBytes(bytes);
        return TransactionID.createTransactionID(this, bytes);
    }

    private StunTransaction transaction(
            Request request, Path path, @Nullable ResponseCollector collector) throws IOException {
        TransactionID id = transactionId();
        try {
            request.setTransactionID(id.getBytes());
        } catch (StunException e) {
            throw new IOException(e);
        }
        boolean nominating = request.containsAttribute(Attribute.USE_CANDIDATE);
        byte[] wire = request.encode(this);
        return new StunTransaction(server, this, request, wire, id, path, collector, nominating);
    }

    @Override
    public void sendResponse(
            byte[] transaction, Response response, TransportAddress via, TransportAddress to)
            throws StunException {
        response.setTransactionID(transaction);
        int socket = server.socketOf(via);
        if (socket >= 0) {
            byte[] wire = response.encode(this);
            server.write(
                    socket,
                    RemoteAddress.high(to.getAddress()),
                    RemoteAddress.low(to.getAddress()),
                    to.getPort(),
                    wire,
                    wire.length);
        }
    }

    @Override
    public void cancelTransaction(TransactionID id) {
        server.onLoop(() -> {
            for (StunTransaction transaction : List.copyOf(open)) {
                if (transaction.id().equals(id)) {
                    transaction.end();
                }
            }
        });
    }

    /** The agent is freed, on the loop. */
    @Override
    public void shutDown() {
        shut = true;
        new ArrayList<>(open).forEach(StunTransaction::end);
    }
}
