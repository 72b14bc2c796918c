package io.sluice.server.browser;

import static io.sluice.server.browser.RemoteControl.quoted;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What is the same in every browser once it can run a script in a page. */
abstract class ScriptedPage implements Page {

    private static final String NO_RESULT = "(none)";
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
    private static final int CONSOLE_LINES_IN_MESSAGE = 20;

    private final ConsoleLines console = new ConsoleLines();
    private final Duration commandTimeout;
    private volatile @Nullable String goneReason;

    ScriptedPage(Duration commandTimeout) {
        this.commandTimeout = commandTimeout;
    }

    /** Runs a script whose value is the promise of a string, and returns the string. */
    abstract String run(String script, Duration timeout);

    abstract void clickAt(int x, int y);

    /** Types into the element that has the focus. */
    abstract void typeText(String text);

    @Override
    public final JsonNode evaluate(String expression) {
        return evaluate(expression, commandTimeout);
    }

    @Override
    public final JsonNode evaluate(String expression, Duration timeout) {
        // The line feeds keep a comment at the end of the expression from hiding what follows.
        String script =
                """
                (async () => {
                  try {
                    return JSON.stringify({value: await (
                %s
                    )});
                  } catch (e) {
                    return JSON.stringify({thrown: String(e), stack: String(e && e.stack || '')});
                  }
                })()
                """
                        .formatted(expression);
        JsonNode outcome;
        try {
            outcome = RemoteControl.JSON.readTree(run(script, timeout));
        } catch (JsonProcessingException e) {
            throw new BrowserException("the page has changed JSON.stringify", e);
        }
        if (outcome.has("thrown")) {
            throw new JavaScriptException(
                    outcome.path("thrown").asText(), outcome.path("stack").asText());
        }
        // An undefined value has no place in JSON.
        return outcome.has("value")
                ? outcome.path("value")
                : RemoteControl.JSON.getNodeFactory().nullNode();
    }

    @Override
    public final void waitUntil(String condition, Duration timeout) {
        JsonNode _ = poll("!!(await (\n" + condition + "\n))", condition, timeout);
    }

    @Override
    public final void click(String selector) {
        // Asked of the point itself, as an element may be covered or still moving in.
        String middle =
                """
                (() => {
                  const element = document.querySelector(%s);
                  if (!element || element.disabled) return null;
                  element.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
                  const box = element.getBoundingClientRect();
                  const x = Math.floor(box.x + box.width / 2);
                  const y = Math.floor(box.y + box.height / 2);
                  const hit = document.elementFromPoint(x, y);
                  return hit && element.contains(hit) ? {x, y} : null;
                })()
                """
                        .formatted(quoted(selector));
        JsonNode point = poll(middle, selector + " can be clicked", commandTimeout);
        clickAt(point.path("x").asInt(), point.path("y").asInt());
    }

    @Override
    public final void type(String selector, String text) {
        String focus =
                """
                (() => {
                  const element = document.querySelector(%s);
                  if (!element || element.disabled) return false;
                  element.focus();
                  try {
                    element.setSelectionRange(element.value.length, element.value.length);
                  } catch (e) {
                    // Numbers, e-mail addresses and editable elements have no such range.
                  }
                  return document.activeElement === element;
                })()
                """
                        .formatted(quoted(selector));
        JsonNode _ = poll(focus, selector + " can have the focus", commandTimeout);
        typeText(text);
    }

    @Override
    public final List<String> console() {
        return console.all();
    }

    final void logLine(String line) {
        console.add(line);
    }

    final Duration commandTimeout() {
        return commandTimeout;
    }

    final void gone(String reason) {
        goneReason = reason;
    }

    final boolean isGone() {
        return goneReason != null;
    }

    final void requireAlive() {
        String reason = goneReason;
        if (reason != null) {
            throw new BrowserException(reason);
        }
    }

    /** Evaluates again and again until the value is truthy. */
    private JsonNode poll(String expression, String what, Duration timeout) {
        long endNanos = System.nanoTime() + timeout.toNanos();
        String last = NO_RESULT;
        while (true) {
            long leftNanos = endNanos - System.nanoTime();
            if (leftNanos <= 0 || Thread.currentThread().isInterrupted()) {
                throw new BrowserException(
                        "not true within %d ms: %s%nlast result: %s%nconsole:%n%s"
                                .formatted(
                                        timeout.toMillis(),
                                        what,
                                        last,
                                        console.tail(CONSOLE_LINES_IN_MESSAGE)));
            }
            try {
                JsonNode value = evaluate(expression, Duration.ofNanos(leftNanos));
                if (!value.isNull() && !(value.isBoolean() && !value.booleanValue())) {
                    return value;
                }
                last = value.toString();
            } catch (BrowserException e) {
                // A navigation under way fails the command too; only the end of the page is final.
                requireAlive();
                // An evaluation that our own end cut short says less than the one before it.
                if (endNanos > System.nanoTime() || last.equals(NO_RESULT)) {
                    last = String.valueOf(e.getMessage());
                }
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
    }
}
