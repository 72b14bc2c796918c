package io.sluice.ice;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.ice4j.ice.Agent;

/**
 * Sets up ice4j, whose settings are system properties that it reads when its classes load, and loads
 * them: the first agent costs half a second, which no event loop can spare.
 */
public final class IceWarmUp {
    /** ice4j answers 403 to new addresses once terminated: an agent must never be. */
    private static final String NEVER_MILLIS = "86400000";

    private static final Map<String, String> PROPERTIES =
            Map.of(
                    // Else the first agent asks a cloud's metadata server for its public address.
                    "ice4j.harvest.mapping.aws.enabled", "false",
                    "ice4j.harvest.udp.use-dynamic-ports", "false",
                    "ice4j.use-component-socket", "false",
                    "ice4j.redact-remote-addresses", "true",
                    "ice4j.software", "",
                    "org.ice4j.TERMINATION_DELAY", NEVER_MILLIS,
                    "org.ice4j.REQUIRE_MESSAGE_INTEGRITY", "true",
                    // FINGERPRINT on every message.
                    "org.ice4j.ALWAYS_SIGN", "true",
                    // Consent checks of ours keep paths open.
                    "org.ice4j.NO_KEEP_ALIVES", "true");

    /** A virtual thread is cheaper to make than to keep. */
    private static final long IDLE_SECONDS = 1;

    /** Held, for java.util.logging forgets the level of a logger that nobody holds. */
    private static final List<Logger> LOGGERS =
            List.of(Logger.getLogger("org.ice4j"), Logger.getLogger("org.jitsi"));

    private static boolean done;

    private IceWarmUp() {}

    /**
     * Must be called once before the first session is opened; later calls do nothing. Blocks for up to
     * a second; not for a loop.
     */
    public static synchronized void warmUp() {
        if (done) {
            return;
        }
        done = true;
        PROPERTIES.forEach(System::setProperty);
        LOGGERS.forEach(logger -> logger.setLevel(Level.WARNING));
        FirstAgent.make();
        FirstAgent.tickOnVirtualThreads();
    }

    /** A class of its own, so that none of ice4j loads before the properties are set. */
    private static final class FirstAgent {
        static void make() {
            Agent agent = new Agent();
            agent.createMediaStream("warm-up");
            agent.free();
        }

        /**
         * The pool that ticks all agents has no setting, and makes a thread for each tick that finds
         * the others at work: dozens in a rush.
         */
        static void tickOnVirtualThreads() {
            ThreadPoolExecutor pool = ticks();
            pool.setThreadFactory(Thread.ofVirtual().name("ice4j-", 0).factory());
            pool.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        }

        private static ThreadPoolExecutor ticks() {
            try {
                Field pool = Agent.class.getDeclaredField("agentTasksExecutor");
                pool.setAccessible(true);
                return (ThreadPoolExecutor) pool.get(null);
            } catch (ReflectiveOperationException | ClassCastException e) {
                throw new IllegalStateException("this version of ice4j has another pool", e);
            }
        }
    }
}
