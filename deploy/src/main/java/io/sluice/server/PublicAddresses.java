package io.sluice.server;

import io.sluice.ice.IceConfig;
import io.sluice.ice.StunQuestion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a STUN server, at start, under which addresses the internet sees the local ones (NAT 1:1). */
final class PublicAddresses {
    /** A server that is there answers in a tenth of this; the start waits no longer. */
    static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(PublicAddresses.class);

    private PublicAddresses() {}

    /**
     * The same settings, with what was learned. What is not learned is logged, and the local address is
     * told to clients as it is: a server that its own network reaches is better than none.
     */
    static IceConfig learn(
            MediaConfig media, IceConfig ice, Duration patience, RandomGenerator random) {
        StunServer server = media.stunServer();
        if (server == null) {
            return ice;
        }
        IceConfig.Addresses known = ice.addresses();
        Map<InetAddress, InetAddress> learned = new HashMap<>(known.publicOnes());
        ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor();
        try {
            Map<InetAddress, Future<InetAddress>> answers = new LinkedHashMap<>();
            for (InetAddress local : media.localAddresses()) {
                boolean wanted = known.loopback() || !local.isLoopbackAddress();
                if (wanted && !local.isLinkLocalAddress() && !learned.containsKey(local)) {
                    answers.put(local, asking.submit(() -> ask(local, server, patience, random)));
                }
            }
            answers.forEach((local, answer) -> take(local, server, answer, learned, patience));
        } finally {
            // A name that is looked up for minutes is not waited for.
            asking.shutdownNow();
        }
        return ice.withAddresses(
                new IceConfig.Addresses(known.loopback(), learned, known.advertised()));
    }

    private static InetAddress ask(
            InetAddress local, StunServer server, Duration patience, RandomGenerator random)
            throws IOException {
        for (InetAddress host : InetAddress.getAllByName(server.host())) {
            if (host.getClass() == local.getClass()) {
                Optional<StunQuestion.Answer> answer =
                        StunQuestion.ask(
                                local,
                                new InetSocketAddress(host, server.port()),
                                patience,
                                random);
                InetAddress mapped = answer.map(StunQuestion.Answer::mapped).orElse(null);
                if (mapped == null) {
                    throw new IOException("there is no answer");
                }
                if (!isAnnounceable(mapped, local)) {
                    throw new IOException("its answer is no address: " + mapped.getHostAddress());
                }
                return mapped;
            }
        }
        throw new IOException("it has no address of that kind");
    }

    /** Whether clients could reach anybody at what a server says. */
    private static boolean isAnnounceable(InetAddress mapped, InetAddress local) {
        return !mapped.isAnyLocalAddress()
                && !mapped.isMulticastAddress()
                && !mapped.isLinkLocalAddress()
                && (local.isLoopbackAddress() || !mapped.isLoopbackAddress());
    }

    private static void take(
            InetAddress local,
            StunServer server,
            Future<InetAddress> answer,
            Map<InetAddress, InetAddress> learned,
            Duration patience) {
        String text = local.getHostAddress();
        try {
            // Twice: its name is looked up first.
            InetAddress mapped = answer.get(2 * patience.toMillis(), TimeUnit.MILLISECONDS);
            if (mapped.equals(local)) {
                LOG.info("{} is the address that {} sees", text, server);
            } else {
                learned.put(local, mapped);
                LOG.info(
                        "Clients are told {} for {}, says {}",
                        mapped.getHostAddress(),
                        text,
                        server);
            }
        } catch (ExecutionException failed) {
            warn(text, server, String.valueOf(failed.getCause()));
        } catch (TimeoutException late) {
            warn(text, server, "its name is not known in time");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void warn(String local, StunServer server, String why) {
        LOG.warn(
                "The public address of {} is not known: {} was asked, and {}. Clients are told {}"
                        + " itself; if that is not reached from outside, name the public one with"
                        + " --advertised-address.",
                local,
                server,
                why,
                local);
    }
}
