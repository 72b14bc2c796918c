package io.sluice.server;

import io.sluice.api.HttpServer;
import io.sluice.dtls.DtlsIdentity;
import io.sluice.ice.IceWarmUp;
import io.sluice.srtp.SrtpContexts;
import io.sluice.transport.PacketWarmUp;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server does once, before it opens its ports. */
final class NodeWarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(NodeWarmUp.class);

    private NodeWarmUp() {}

    /** Does side by side what takes time and depends on nothing: the first clients would wait for it. */
    static DtlsIdentity run(SluiceConfig config, SecureRandom random) throws StartException {
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofPlatform().name("sluice-warm-up-", 0).factory())) {
            Future<?> ice = threads.submit(IceWarmUp::warmUp);
            Future<?> web = threads.submit(HttpServer::warmUp);
            Future<String> srtp = threads.submit(SrtpContexts::implementation);
            DtlsIdentity identity = DtlsIdentity.generate(random, Clock.systemUTC().instant());
            ice.get();
            srtp.get();
            warmUpPackets(config, identity, random);
            web.get();
            return identity;
        } catch (ExecutionException failed) {
            throw new StartException(
                    StartException.INTERNAL, "The server cannot be prepared.", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartException(StartException.INTERNAL, "Interrupted.", interrupted);
        }
    }

    /** A server that cannot be warmed up serves all the same. */
    private static void warmUpPackets(
            SluiceConfig config, DtlsIdentity identity, SecureRandom random) {
        long budgetNanos = config.media().warmUp().toNanos();
        if (budgetNanos == 0) {
            return;
        }
        try {
            long packets = PacketWarmUp.run(config.loop(), identity, random, budgetNanos);
            LOG.debug("Warmed up with {} packets", packets);
        } catch (RuntimeException failed) {
            LOG.warn("The packet line cannot be warmed up: the first packets will be slow", failed);
        }
    }
}
