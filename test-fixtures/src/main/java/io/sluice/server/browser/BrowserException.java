package io.sluice.server.browser;

/** The browser refused a command, did not answer it in time, or is gone. */
public class BrowserException extends RuntimeException {

    BrowserException(String message) {
        super(message);
    }

    BrowserException(String message, Throwable cause) {
        super(message, cause);
    }
}
