package io.sluice.api.rest;

import io.sluice.history.EventQuery;
import io.sluice.history.History;
import io.sluice.history.KeptEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/**
 * Writes all events that are wanted to one answer, page by page, as fast as its client reads.
 *
 * <p>Owned by the request's event loop.
 */
final class HistoryExport {
    private static final int PAGE_EVENTS = 500;

    private final History history;
    private final EventQuery wanted;
    private final EventFormat format;
    private final HttpServerResponse response;
    private final Context context;
    private boolean isFirst = true;

    private HistoryExport(Call call, History history, EventQuery wanted, EventFormat format) {
        this.history = history;
        this.wanted = wanted;
        this.format = format;
        response = call.routing().response();
        context = call.routing().vertx().getOrCreateContext();
    }

    /**
     * Answers a call.
     *
     * @param first page, which is there already: what goes wrong until then is told in other words
     */
    static void begin(
            Call call,
            History history,
            EventQuery wanted,
            EventFormat format,
            List<KeptEvent> first) {
        if (call.isGone()) {
            return;
        }
        HistoryExport export = new HistoryExport(call, history, wanted, format);
        export.response
                .putHeader(HttpHeaders.CONTENT_TYPE, format.mediaType())
                .putHeader(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"" + format.fileName() + "\"")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (call.isHead()) {
            export.response.end().onFailure(_ -> {});
            return;
        }
        export.response.setChunked(true).write(format.head()).onFailure(_ -> {});
        export.onPage(first);
    }

    static EventQuery firstPage(EventQuery wanted) {
        return wanted.after(0, PAGE_EVENTS);
    }

    private void onPage(List<KeptEvent> page) {
        if (response.closed()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        for (KeptEvent event : page) {
            text.append(format.event(event, isFirst));
            isFirst = false;
        }
        if (page.size() < PAGE_EVENTS) {
            response.end(text + format.tail()).onFailure(_ -> {});
            return;
        }
        EventQuery next = wanted.after(page.getLast().key(), PAGE_EVENTS);
        // When it has gone to the network the next page is asked for, and not before.
        response.write(text.toString())
                .compose(_ -> Future.fromCompletionStage(history.events(next), context))
                // An answer that is cut off is seen to be: its last chunk is missing.
                .onComplete(this::onPage, _ -> response.reset());
    }
}
