package io.sluice.api.rest;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads a stream of events as a browser does (WHATWG HTML, 9.2.6). Owned by the test's thread. */
final class EventReader implements AutoCloseable {
    private final InputStream body;
    private final BufferedReader lines;

    /** An event that a script would hear. */
    record Event(String type, String id, JsonObject data) {}

    EventReader(HttpResponse<InputStream> response) {
        if (response.statusCode() != 200) {
            throw new AssertionError("status " + response.statusCode());
        }
        body = response.body();
        lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /** The next event. */
    Event next() {
        while (true) {
            Event event = block();
            if (event == null) {
                throw new AssertionError("the stream has ended");
            }
            if (!event.type().isEmpty()) {
                return event;
            }
        }
    }

    /** The id of the next block, be it an event or not. */
    String nextId() {
        Event event = block();
        if (event == null) {
            throw new AssertionError("the stream has ended");
        }
        return event.id();
    }

    boolean hasEnded() {
        for (Event event = block(); event != null; event = block()) {
            if (!event.type().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Event block() {
        String type = "";
        String id = "";
        StringBuilder data = new StringBuilder();
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    return new Event(
                            type,
                            id,
                            data.isEmpty() ? new JsonObject() : new JsonObject(data.toString()));
                }
                if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring(6));
                }
            }
            return null;
        } catch (IOException closed) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException closed) {
            throw new AssertionError(closed);
        }
    }
}
