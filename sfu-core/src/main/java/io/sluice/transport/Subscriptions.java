package io.sluice.transport;

import io.sluice.forward.Allocation;
import io.sluice.forward.Egress;
import io.sluice.forward.Subscription;
import io.sluice.forward.SubscriptionFormat;
import io.sluice.forward.ViewerWish;
import io.sluice.loop.LayerCeiling;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a transport's participant watches and hears: its subscriptions, and how they share the path.
 *
 * <p>Owned by the transport's loop.
 */
final class Subscriptions {
    private final SsrcTable<Subscription> table;
    private final Egress egress;
    private final Rtcp rtcp;
    private final RandomGenerator random;
    private final Allocation allocation;

    /**
     * Begins with none.
     *
     * @param table where RTCP finds them
     */
    Subscriptions(
            SsrcTable<Subscription> table,
            Egress egress,
            Rtcp rtcp,
            RandomGenerator random,
            Allocation.Listener listener,
            LayerCeiling ceiling) {
        this.table = table;
        this.egress = egress;
        this.rtcp = rtcp;
        this.random = random;
        allocation = new Allocation(listener, ceiling);
    }

    /** Carries out a session description: ends what is not in it, begins what is new. */
    void routes(List<SendRoute> routes, long nowNanos) {
        table.removeIf(subscription -> {
            boolean gone =
                    routes.stream().noneMatch(r -> r.section().ssrc() == subscription.ssrc());
            if (gone) {
                end(subscription);
            }
            return gone;
        });
        for (SendRoute route : routes) {
            Subscription subscription = table.find(route.section().ssrc());
            SubscriptionFormat format = route.section().format();
            if (subscription == null) {
                begin(new Subscription(format, route.fanout(), egress, random));
            } else if (subscription.isOf(route.fanout())) {
                subscription.update(format);
            } else {
                allocation.remove(subscription);
                begin(subscription.goOver(format, route.fanout(), random));
            }
        }
        allocation.settle(egress, nowNanos);
    }

    private void begin(Subscription subscription) {
        table.put(subscription.ssrc(), subscription);
        allocation.add(subscription);
        subscription.begin();
    }

    private void end(Subscription subscription) {
        subscription.end();
        allocation.remove(subscription);
        rtcp.bye(subscription);
    }

    /** What is wanted of a subscription, by its SSRC; ignored if it has ended. */
    void want(int ssrc, ViewerWish wish) {
        Subscription subscription = table.find(ssrc);
        if (subscription != null) {
            subscription.want(wish);
        }
    }

    /** Shares out what the path carries, if that is due. */
    void onTick(long nowNanos) {
        allocation.onTick(egress, nowNanos);
    }

    /** The most that could be used now, in bits a second; 0 if nothing is wanted or could be sent. */
    long demandBps() {
        return egress.ready() ? allocation.demandBps() : 0;
    }

    /** Hands all of them over, to be ended. */
    List<Subscription> takeAll() {
        List<Subscription> all = new ArrayList<>();
        table.removeIf(all::add);
        allocation.end();
        return all;
    }
}
