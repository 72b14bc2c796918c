package io.sluice.api;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page from the class path folder {@code web/}. A file is read once and kept: there are as many as
 * were packaged. Shared by all event loops of the web server.
 */
final class StaticFiles implements Handler<RoutingContext> {
    private static final String FOLDER = "web/";

    /** No segment of such a path can be {@code ..} or hidden, so it cannot leave the folder. */
    private static final Pattern PATH =
            Pattern.compile("/(?:[A-Za-z0-9_-]+/){0,8}[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+){1,4}");

    private static final int MAX_PATH_CHARS = 256;

    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "mjs", "text/javascript; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "svg", "image/svg+xml",
                    "png", "image/png",
                    "ico", "image/x-icon",
                    "json", "application/json",
                    "webmanifest", "application/manifest+json");

    private final Map<String, Page> pages = new ConcurrentHashMap<>();

    private record Page(Buffer content, String type, String etag) {}

    @Override
    public void handle(RoutingContext routing) {
        String path = routing.request().path();
        Page page = page(path == null || path.equals("/") ? "/index.html" : path);
        if (page == null) {
            routing.next();
            return;
        }
        HttpServerResponse response = routing.response();
        // Asked again each time, answered 304 mostly: a new version of the server is seen at once.
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader(HttpHeaders.ETAG, page.etag());
        if (page.etag().equals(routing.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatusCode(304).end().onFailure(_ -> {});
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, page.type())
                .end(page.content())
                // A browser that went away does not need the file.
                .onFailure(_ -> {});
    }

    private @Nullable Page page(String path) {
        Page known = pages.get(path);
        if (known != null) {
            return known;
        }
        if (path.length() > MAX_PATH_CHARS || !PATH.matcher(path).matches()) {
            return null;
        }
        String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
        Page found = type == null ? null : read(path, type);
        if (found != null) {
            pages.put(path, found);
        }
        return found;
    }

    private static @Nullable Page read(String path, String type) {
        ClassLoader loader = StaticFiles.class.getClassLoader();
        try (InputStream in = loader.getResourceAsStream(FOLDER + path.substring(1))) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            String etag = '"' + HexFormat.of().formatHex(hash, 0, 8) + '"';
            return new Page(Buffer.buffer(bytes), type, etag);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}
