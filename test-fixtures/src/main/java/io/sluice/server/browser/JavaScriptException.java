package io.sluice.server.browser;

/** A script threw, or returned a promise that was rejected. */
public final class JavaScriptException extends BrowserException {

    private final String scriptStack;

    JavaScriptException(String message, String scriptStack) {
        super(scriptStack.isEmpty() ? message : message + "\n" + scriptStack.stripTrailing());
        this.scriptStack = scriptStack;
    }

    /** Returns the stack inside the page, as the browser words it; empty if it gave none. */
    public String scriptStack() {
        return scriptStack;
    }
}
