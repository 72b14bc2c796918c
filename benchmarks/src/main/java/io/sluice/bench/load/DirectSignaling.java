package io.sluice.bench.load;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * No server: each client of the generator is connected straight with the one other that is asked here.
 * They watch nobody else.
 */
public final class DirectSignaling implements Signaling {
    private final Other other;

    /** Who is connected with all of them. */
    public interface Other {
        /**
         * Answers the offer of one of them.
         *
         * @return SDP with a candidate on loopback in it
         */
        String answer(String offer);
    }

    public DirectSignaling(Other other) {
        this.other = other;
    }

    @Override
    public int transports(boolean publishes) {
        return 1;
    }

    @Override
    public Membership join(String room, String identity, List<LoadClient> transports) {
        LoadClient client = transports.getFirst();
        OfferText offer = new OfferText(client);
        offer.receive(1, 1);
        client.start(RemoteText.read(other.answer(offer.write())));
        return new Connected();
    }

    /** There is nothing to end: whoever is not heard of any more is gone. */
    @Override
    public void close() {}

    private static final class Connected implements Membership {
        @Override
        public CompletableFuture<Void> started() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void leave() {}
    }
}
