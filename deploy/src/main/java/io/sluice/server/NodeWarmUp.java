package io.sluice.server;

import io.sluice.api.HttpServer;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.ice.IceWarmUp;
import io.sluice.ice.UdpPorts;
import io.sluice.srtp.P256;
import io.sluice.srtp.SrtpContexts;
import io.sluice.transport.PacketWarmUp;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server does once, before it serves, because the first clients would wait for it. It goes on beside the rest of
 * the start, which takes as long on one thread: settings are read meanwhile, and the stores opened. Used by the thread
 * that starts the server.
 */
final class NodeWarmUp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeWarmUp.class);

    private final SecureRandom random = new SecureRandom();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofPlatform().name("sluice-warm-up-", 0).factory());

    /** What takes tenths of a second each, and depends on nothing. */
    private final List<Future<?>> parts =
            List.of(
                    threads.submit(IceWarmUp::warmUp),
                    threads.submit(SrtpContexts::implementation),
                    threads.submit(P256::available),
                    threads.submit(UdpPorts::nativeAvailable),
                    threads.submit(HttpServer::warmUp));

    private final Future<DtlsIdentity> identity =
            threads.submit(() -> DtlsIdentity.generate(random, Clock.systemUTC().instant()));

    private NodeWarmUp() {}

    /** Begins with what needs no settings. */
    static NodeWarmUp begin() {
        return new NodeWarmUp();
    }

    /** Waits until ports can be opened; returns what the node shows in its handshakes. */
    DtlsIdentity identity() throws StartException {
        try {
            for (Future<?> part : parts) {
                part.get();
            }
            return identity.get();
        } catch (ExecutionException failed) {
            throw new StartException(
                    StartException.INTERNAL, "The server cannot be prepared.", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartException(StartException.INTERNAL, "Interrupted.", interrupted);
        }
    }

    /**
     * Begins to forward synthetic packets, if that is wanted. After the node's ports have been opened: it takes any that
     * is free.
     */
    void packets(SluiceConfig config, DtlsIdentity shown) {
        long budgetNanos = config.media().warmUp().toNanos();
        if (budgetNanos > 0) {
            Future<?> _ = threads.submit(() -> forward(config, shown, budgetNanos));
        }
    }

    /** A server that cannot be warmed up serves all the same. */
    private void forward(SluiceConfig config, DtlsIdentity shown, long budgetNanos) {
        try {
            long packets = PacketWarmUp.run(config.loop(), shown, random, budgetNanos);
            LOG.debug("Warmed up with {} packets", packets);
        } catch (RuntimeException | Error failed) {
            LOG.warn("The packet line cannot be warmed up: the first packets will be slow", failed);
        }
    }

    /** Waits for all that has begun; nothing may begin after that. */
    void await() {
        threads.close();
    }

    /** Leaves nothing running, also where the start has failed. */
    @Override
    public void close() {
        await();
    }
}
