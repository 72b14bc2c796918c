package io.sluice.ice;

import java.util.Collection;
import java.util.List;
import org.ice4j.TransportAddress;
import org.ice4j.ice.Agent;
import org.ice4j.ice.Component;
import org.ice4j.ice.HostCandidate;
import org.ice4j.ice.LocalCandidate;
import org.ice4j.ice.harvest.AbstractCandidateHarvester;
import org.ice4j.stack.StunStack;

/**
 * ice4j's agent with credentials of our making, on a {@link LoopStunStack}, with the loop's sockets as
 * its host candidates. It has no thread and no descriptor of its own; its pace-maker ticks on
 * virtual threads, at the time of a timer that ice4j keeps for all agents ({@link IceWarmUp}).
 */
final class LoopAgent extends Agent {
    private static final AgentLogger LOGGER = new AgentLogger();

    private final LoopStunStack stack;
    private final IceCredentials local;

    LoopAgent(LoopStunStack stack, IceCredentials local, List<TransportAddress> hosts) {
        // Before super(), which asks for the stack.
        this.stack = stack;
        this.local = local;
        super(LOGGER);
        setUseDynamicPorts(false);
        addCandidateHarvester(new Harvester(hosts));
    }

    @Override
    public StunStack getStunStack() {
        return stack;
    }

    @Override
    public String getLocalUfrag() {
        return local.ufrag();
    }

    @Override
    public String getLocalPassword() {
        return local.password();
    }

    /** Empty, so that the collector need not run the inherited one: {@code free} is called in time. */
    @Override
    @SuppressWarnings({"deprecation", "removal"})
    protected void finalize() {}

    private static final class Harvester extends AbstractCandidateHarvester {
        private final List<TransportAddress> hosts;

        Harvester(List<TransportAddress> hosts) {
            this.hosts = hosts;
        }

        @Override
        public Collection<LocalCandidate> harvest(Component component) {
            List<LocalCandidate> candidates =
                    hosts.stream()
                            .<LocalCandidate>map(host -> new HostCandidate(host, component))
                            .toList();
            candidates.forEach(component::addLocalCandidate);
            return candidates;
        }

        @Override
        public boolean isHostHarvester() {
            return true;
        }
    }
}
