package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.ice.DatagramDrop;
import io.sluice.loop.Loop;
import io.sluice.rtp.DropReason;
import io.sluice.server.browser.Browser;
import io.sluice.server.browser.BrowserOptions;
import io.sluice.server.browser.Chromium;
import io.sluice.server.browser.Firefox;
import io.sluice.server.browser.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What browser tests of one class play on: a server, browsers started when first asked for, and the pages of each
 * test, which are closed after it; then nothing may be left of them in the server. Used by one thread.
 */
final class BrowserStage
        implements BeforeAllCallback,
                AfterAllCallback,
                AfterEachCallback,
                AfterTestExecutionCallback {
    private static final Logger LOG = LoggerFactory.getLogger(BrowserStage.class);

    /** By it the build tells tests that need the machine for themselves. */
    static final String TAG = "browser";

    /** Pages that are closed go without a word, and are waited for: a busy browser needs less than this to go on. */
    private static final Duration RESUME = Duration.ofSeconds(3);

    /** Each would be a misunderstanding of ours. */
    private static final Set<DropReason> NEVER_OF_A_BROWSER =
            EnumSet.of(
                    DropReason.MALFORMED_RTP,
                    DropReason.MALFORMED_RTCP,
                    DropReason.MALFORMED_PAYLOAD,
                    DropReason.UNAUTHENTICATED,
                    DropReason.WRONG_PAYLOAD_TYPE);

    private final Map<BrowserOptions, Browser> chromiums = new HashMap<>();
    private final List<Guest> guests = new ArrayList<>();
    private final List<Page> pages = new ArrayList<>();
    private @Nullable Browser firefox;
    private @Nullable TestServer server;
    private final SluiceConfig config;

    BrowserStage() {
        this(hasty(TestServer.config()));
    }

    private static SluiceConfig hasty(SluiceConfig config) {
        return config.withApi(config.api().withSessions(RESUME, config.api().socketLimits()));
    }

    BrowserStage(SluiceConfig config) {
        this.config = config;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws StartException {
        holdTagged(context);
        server = TestServer.start(config);
    }

    /** Holds that the class is one of those that the build runs one at a time. */
    static void holdTagged(ExtensionContext context) {
        assertThat(context.getTags()).as("tags of %s", context.getDisplayName()).contains(TAG);
    }

    TestServer server() {
        if (server == null) {
            throw new IllegalStateException("the server is there from the first test on");
        }
        return server;
    }

    /** Chromium as the tests mostly want it; skips the test where it is not installed. */
    Browser chromium() {
        return chromium(BrowserOptions.defaults());
    }

    Browser chromium(BrowserOptions options) {
        assumeTrue(
                Chromium.installed().isPresent(),
                "not installed: apt-get install --no-install-recommends chromium");
        return chromiums.computeIfAbsent(options, Chromium::launch);
    }

    /** Firefox; skips the test where it is not installed. */
    Browser firefox() {
        assumeTrue(
                Firefox.installed().isPresent(),
                "not installed: apt-get install --no-install-recommends firefox-esr");
        Browser running = firefox;
        if (running == null) {
            running = Firefox.launch(BrowserOptions.defaults());
            firefox = running;
        }
        return running;
    }

    /** Opens any page of the server. */
    Page open(Browser browser, String path) {
        Page page = browser.open(server().url() + path);
        pages.add(page);
        return page;
    }

    /** Opens the page for a room; nobody has joined yet. */
    Guest guest(Browser browser, String room, String name) {
        Guest guest = new Guest(name, open(browser, "/plain/?room=" + room));
        guests.add(guest);
        return guest;
    }

    /** Opens the page for a room and joins. */
    Guest join(Browser browser, String room, String name) {
        Guest guest = guest(browser, room, name);
        guest.join();
        return guest;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        context.getExecutionException()
                .ifPresent(_ -> {
                    guests.forEach(guest -> LOG.warn("{}", guest.describe()));
                    pages.forEach(page -> LOG.warn("console {}", page.console()));
                    server().sluice().loops().forEach(loop -> LOG.warn("{}", drops(loop)));
                });
    }

    private static String drops(Loop loop) {
        Map<Enum<?>, Long> counts = new LinkedHashMap<>();
        for (DropReason reason : DropReason.values()) {
            counts.put(reason, loop.drops().of(reason));
        }
        for (DatagramDrop reason : DatagramDrop.values()) {
            counts.put(reason, loop.port().counters().drops(reason));
        }
        counts.values().removeIf(count -> count == 0);
        return "loop " + loop.index() + " dropped " + counts;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        pages.forEach(Page::close);
        pages.clear();
        guests.clear();
        server().awaitEmpty();
        for (Loop loop : server().sluice().loops()) {
            for (DropReason reason : NEVER_OF_A_BROWSER) {
                assertThat(loop.drops().of(reason)).as("dropped: %s", reason).isZero();
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        try {
            chromiums.values().forEach(Browser::close);
            if (firefox != null) {
                firefox.close();
            }
        } finally {
            server().close();
        }
    }
}
