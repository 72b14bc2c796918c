package io.sluice.ice;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A loop of one thread for a test. */
final class TestLoop implements AutoCloseable {
    static {
        // Awaitility's own 100 ms, before the first look and between two, would be most of the
        // time that the tests of this module take.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
        // Its 10 s are little on a machine that does other things, too.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private final MultiThreadIoEventLoopGroup group;
    final IoEventLoop loop;

    private TestLoop(IoHandlerFactory factory) {
        group = new MultiThreadIoEventLoopGroup(1, factory);
        loop = group.next();
    }

    static TestLoop epoll() {
        return new TestLoop(EpollIoHandler.newFactory());
    }

    static TestLoop nio() {
        return new TestLoop(NioIoHandler.newFactory());
    }

    <T> T call(Callable<T> work) {
        return loop.submit(work).syncUninterruptibly().getNow();
    }

    void run(Runnable work) {
        loop.submit(work).syncUninterruptibly();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
