package io.sluice.api;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serves three pages from the class path: the conference page from the folder {@code conference/}, where it was
 * built; the small page of the plain protocol from {@code web/}, under {@code /plain/} and, where nothing of the
 * conference page has the name, at the root; and the page of administrators, under {@code /admin/}. A file is read
 * once and kept: there are as many as were packaged. Shared by all event loops of the web server.
 */
final class StaticFiles implements Handler<RoutingContext> {
    private static final String CONFERENCE = "conference";
    private static final String PLAIN = "web";

    /** What has a folder of its own, by the beginning of its addresses. */
    private static final Map<String, String> FOLDERS = Map.of("/plain/", PLAIN, "/admin/", "admin");

    private static final String INDEX = "/index.html";

    /** Their names change with their content. */
    private static final String HASHED = CONFERENCE + "/assets/";

    /** Where somebody comes into a call; the page reads the code in it. */
    private static final Pattern CALL = Pattern.compile("/c/[A-Za-z0-9-]{1,32}");

    /** What happened in calls, the same page. */
    private static final String HISTORY = "/history";

    /** No segment of such a path can be {@code ..} or hidden, so it cannot leave the folder. */
    private static final Pattern PATH =
            Pattern.compile("/(?:[A-Za-z0-9_-]+/){0,8}[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+){1,4}");

    private static final int MAX_PATH_CHARS = 256;

    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("html", "text/html; charset=utf-8"),
                    Map.entry("js", "text/javascript; charset=utf-8"),
                    Map.entry("mjs", "text/javascript; charset=utf-8"),
                    Map.entry("css", "text/css; charset=utf-8"),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("png", "image/png"),
                    Map.entry("ico", "image/x-icon"),
                    Map.entry("woff2", "font/woff2"),
                    Map.entry("json", "application/json"),
                    Map.entry("webmanifest", "application/manifest+json"));

    private static final Set<String> COMPRESSED_ALREADY = Set.of("png", "ico", "woff2");

    /** A content coding (RFC 9110 8.4.1), and how the files end that the build has written in it. */
    private record Coding(String name, String ending) {}

    private static final Coding PLAINLY = new Coding("identity", "");
    private static final Coding[] CODINGS = {new Coding("br", ".br"), new Coding("gzip", ".gz")};

    private final Map<String, Page> pages = new ConcurrentHashMap<>();

    /**
     * @param coding of the content
     * @param varies whether others get it in another coding
     */
    private record Page(
            Buffer content,
            String type,
            String etag,
            Coding coding,
            boolean varies,
            boolean hashed) {}

    @Override
    public void handle(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        String path = request.path() == null ? "/" : request.path();
        if (FOLDERS.containsKey(path + "/")) {
            redirect(routing, path + "/");
            return;
        }
        Page page = find(path, request.getHeader(HttpHeaders.ACCEPT_ENCODING));
        if (page == null) {
            routing.next();
        } else {
            answer(routing, page);
        }
    }

    /** What the page asks for beside itself is named from where it is. */
    private static void redirect(RoutingContext routing, String page) {
        String query = routing.request().query();
        routing.response()
                .setStatusCode(308)
                .putHeader(HttpHeaders.LOCATION, page + (query == null ? "" : "?" + query))
                .end()
                .onFailure(_ -> {});
    }

    private static void answer(RoutingContext routing, Page page) {
        HttpServerResponse response = routing.response();
        // Asked again each time, answered 304 mostly: a new version of the server is seen at once.
        response.putHeader(
                        HttpHeaders.CACHE_CONTROL,
                        page.hashed() ? "public, max-age=31536000, immutable" : "no-cache")
                .putHeader(HttpHeaders.ETAG, page.etag());
        if (page.varies()) {
            response.putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        }
        if (page.etag().equals(routing.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatusCode(304).end().onFailure(_ -> {});
            return;
        }
        if (!page.coding().equals(PLAINLY)) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, page.coding().name());
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, page.type())
                .end(page.content())
                // A browser that went away does not need the file.
                .onFailure(_ -> {});
    }

    private @Nullable Page find(String path, @Nullable String accepted) {
        int slash = path.indexOf('/', 1);
        String folder = slash < 0 ? null : FOLDERS.get(path.substring(0, slash + 1));
        if (folder != null) {
            String inside = path.substring(slash);
            return page(folder, inside.equals("/") ? INDEX : inside, accepted);
        }
        if (CALL.matcher(path).matches() || path.equals(HISTORY)) {
            return page(CONFERENCE, INDEX, accepted);
        }
        String file = path.equals("/") ? INDEX : path;
        Page ofConference = page(CONFERENCE, file, accepted);
        return ofConference == null ? page(PLAIN, file, accepted) : ofConference;
    }

    private @Nullable Page page(String folder, String path, @Nullable String accepted) {
        if (path.length() > MAX_PATH_CHARS || !PATH.matcher(path).matches()) {
            return null;
        }
        String ending = path.substring(path.lastIndexOf('.') + 1);
        String type = TYPES.get(ending);
        if (type == null) {
            return null;
        }
        boolean varies = folder.equals(CONFERENCE) && !COMPRESSED_ALREADY.contains(ending);
        if (varies) {
            for (Coding coding : CODINGS) {
                Page coded =
                        accepts(accepted, coding) ? page(folder + path, type, coding, true) : null;
                if (coded != null) {
                    return coded;
                }
            }
        }
        return page(folder + path, type, PLAINLY, varies);
    }

    /** RFC 9110 12.5.3, without its preferences: a browser that takes Brotli likes it best. */
    private static boolean accepts(@Nullable String accepted, Coding coding) {
        if (accepted == null) {
            return false;
        }
        for (String one : accepted.split(",")) {
            String[] parts = one.strip().toLowerCase(Locale.ROOT).split(";", 2);
            if (parts[0].strip().equals(coding.name())) {
                return parts.length == 1 || !parts[1].strip().matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    private @Nullable Page page(String resource, String type, Coding coding, boolean varies) {
        Page known = pages.get(resource + coding.ending());
        if (known != null) {
            return known;
        }
        Page found = read(resource, type, coding, varies);
        if (found != null) {
            pages.put(resource + coding.ending(), found);
        }
        return found;
    }

    private static @Nullable Page read(
            String resource, String type, Coding coding, boolean varies) {
        ClassLoader loader = StaticFiles.class.getClassLoader();
        try (InputStream in = loader.getResourceAsStream(resource + coding.ending())) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            String etag = '"' + HexFormat.of().formatHex(hash, 0, 8) + '"';
            return new Page(
                    Buffer.buffer(bytes), type, etag, coding, varies, resource.startsWith(HASHED));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}
