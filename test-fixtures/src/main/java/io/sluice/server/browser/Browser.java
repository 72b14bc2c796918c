package io.sluice.server.browser;

/**
 * A running browser with a profile of its own and a fake camera and microphone, which asks nothing of the network.
 *
 * <p>Any thread may use it. Pages share nothing: each has its own window, storage and renderer process, so that none
 * is throttled as a background tab, and each can be killed alone.
 */
public interface Browser extends AutoCloseable {

    /** Opens a window and waits until the document has loaded. */
    Page open(String url);

    /** Returns the product and version, for messages and reports. */
    String version();

    /**
     * Kills all processes of the browser and deletes its profile. Nobody says goodbye: no event fires in a page, and a
     * WebSocket ends without a closing frame.
     */
    @Override
    void close();
}
