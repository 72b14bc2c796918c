package io.sluice.bench;

import io.sluice.forward.KeepWork;
import io.sluice.forward.RewriteWork;
import io.sluice.srtp.SrtpProfile;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The single stages of the packet line, each in a JVM of its own. JMH warms them up and takes their
 * time; what counts is the CPU time of {@link StageProfiler}.
 */
public class Stages {
    private static final int SIZE_BYTES = 1_100;
    private static final int VIEWERS = 100;

    /** One stage: owned by the thread that JMH runs it on. */
    @State(Scope.Thread)
    public abstract static class Stage {
        private final ThreadMeter meter = new ThreadMeter();
        private final PacketWork work;

        Stage(PacketWork work) {
            this.work = work;
        }

        /** Before each iteration. */
        @Setup(Level.Iteration)
        public void begin() {
            meter.reset();
        }

        int round() {
            work.prepare();
            meter.begin();
            int packets = work.run();
            meter.end(packets);
            return packets;
        }

        /** After each iteration. */
        @TearDown(Level.Iteration)
        public void end() {
            StageProfiler.measured(meter);
        }
    }

    /** Header and payload descriptor. */
    public static class Parse extends Stage {
        public Parse() {
            super(new ParseWork());
        }
    }

    /** A viewer's header. */
    public static class Rewrite extends Stage {
        public Rewrite() {
            super(new RewriteWork());
        }
    }

    /** AES-GCM, out. */
    public static class Protect extends Stage {
        public Protect() {
            super(crypto(CryptoWork.Kind.PROTECT));
        }
    }

    /** AES-GCM, in. */
    public static class Unprotect extends Stage {
        public Unprotect() {
            super(crypto(CryptoWork.Kind.UNPROTECT));
        }
    }

    /** A track's packet for resending. */
    public static class KeepPacket extends Stage {
        public KeepPacket() {
            super(new KeepWork(0));
        }
    }

    /** What a viewer was sent. */
    public static class KeepNumber extends Stage {
        public KeepNumber() {
            super(new KeepWork(VIEWERS));
        }
    }

    private static PacketWork crypto(CryptoWork.Kind kind) {
        return new CryptoWork(kind, SrtpProfile.AEAD_AES_128_GCM, SIZE_BYTES, true);
    }

    @Benchmark
    public int parse(Parse stage) {
        return stage.round();
    }

    @Benchmark
    public int rewrite(Rewrite stage) {
        return stage.round();
    }

    @Benchmark
    public int protect(Protect stage) {
        return stage.round();
    }

    @Benchmark
    public int unprotect(Unprotect stage) {
        return stage.round();
    }

    @Benchmark
    public int keepPacket(KeepPacket stage) {
        return stage.round();
    }

    @Benchmark
    public int keepNumber(KeepNumber stage) {
        return stage.round();
    }
}
