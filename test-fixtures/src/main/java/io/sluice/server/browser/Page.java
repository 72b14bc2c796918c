package io.sluice.server.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;

/**
 * One window of a {@link Browser} with one document in it.
 *
 * <p>Any thread may use it. Methods throw {@link BrowserException} once the page is killed or closed, and when the
 * browser does not answer in time.
 */
public interface Page extends AutoCloseable {

    /**
     * Evaluates one JavaScript expression in the document.
     *
     * <p>{@code await} may stand in it, and a promise is awaited. The value comes as {@code JSON.stringify} writes it:
     * {@code undefined} and functions become a JSON null, a session description or candidate its {@code toJSON}, while
     * an RTCStatsReport or a Map must be spread into an array first.
     *
     * @throws JavaScriptException if the expression throws, rejects or does not parse
     */
    JsonNode evaluate(String expression);

    /** Evaluates as {@link #evaluate(String)} does, with its own time limit. */
    JsonNode evaluate(String expression, Duration timeout);

    /**
     * Waits until a JavaScript expression is truthy. One that throws counts as not yet, so that it may speak of
     * elements that do not exist so far, and the wait goes on over a navigation.
     *
     * @throws BrowserException after the time-out, with the last result and the last lines of the console
     */
    void waitUntil(String condition, Duration timeout);

    /** Goes to another document and waits until it has loaded. A change of the fragment alone does not load. */
    void navigate(String url);

    /** Loads the document again and waits until it has loaded. */
    void reload();

    /** Waits until the element can be hit by the mouse, then clicks its middle. */
    void click(String selector);

    /** Waits for the element, focuses it and types at the end of what it holds. A line feed presses Enter. */
    void type(String selector, String text);

    /** Returns the viewport as a PNG image. */
    byte[] screenshot();

    /** Returns the last lines of the console, oldest first, uncaught exceptions and failed requests among them. */
    List<String> console();

    /**
     * Kills the process that renders the page, as a crash would, even if the page hangs: no event fires in it, and its
     * peer connections fall silent. The browser lives on and closes the page's WebSockets with status 1001; to vanish
     * without that, close the {@link Browser}. Only {@link #close()} is left to be called.
     */
    void kill();

    /** Closes the window as its user would: the page sees {@code pagehide}. Calling it again does nothing. */
    @Override
    void close();
}
