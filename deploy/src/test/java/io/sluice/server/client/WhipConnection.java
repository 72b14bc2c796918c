package io.sluice.server.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * WHIP, or WHEP for who publishes nothing: the first offer is a POST, one with other credentials a PATCH.
 *
 * <p>Requests are made one after another on threads of their own, and what comes of them is told on the client's
 * loop.
 */
final class WhipConnection implements Signaling {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String FRAGMENT = "application/trickle-ice-sdpfrag";

    private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private final ClientLoop loop;
    private final ClientOptions options;
    private final PlainConnection.Listener listener;

    /** One request at a time. */
    private CompletableFuture<String> token;

    private @Nullable URI session;
    private String etag = "";
    private String offer = "";
    private String answer = "";

    private WhipConnection(
            ClientLoop loop, ClientOptions options, PlainConnection.Listener listener) {
        this.loop = loop;
        this.options = options;
        this.listener = listener;
        String given = options.token();
        token =
                given != null
                        ? CompletableFuture.completedFuture(given)
                        : PlainConnection.devToken(options);
    }

    static WhipConnection open(
            ClientLoop loop, ClientOptions options, PlainConnection.Listener listener) {
        WhipConnection connection = new WhipConnection(loop, options, listener);
        connection.then("", _ -> connection.tell("joined", "", ""));
        return connection;
    }

    /** Does one thing after another. */
    private void then(String what, Consumer<String> action) {
        token =
                token.thenApplyAsync(
                        value -> {
                            action.accept(value);
                            return value;
                        },
                        THREADS);
        CompletableFuture<Void> unused =
                token.exceptionally(
                                failure -> {
                                    loop.execute(() -> listener.onClosed(what + " " + failure));
                                    return "";
                                })
                        .thenAccept(_ -> {});
    }

    private void tell(String type, String field, String value) {
        ObjectNode message = PlainConnection.JSON.createObjectNode().put("type", type);
        if (!field.isEmpty()) {
            message.put(field, value);
        }
        loop.execute(() -> listener.onMessage(message));
    }

    @Override
    public void send(ObjectNode message) {
        switch (message.path("type").asText()) {
            case "offer" -> {
                String sdp = message.path("sdp").asText();
                then("offer", bearer -> offer(sdp, bearer));
            }
            case "ice-candidate" -> {
                String candidate = message.path("candidate").path("candidate").asText();
                then("candidate", _ -> trickle("a=" + candidate + "\r\n"));
            }
            case "leave" -> then("leave", _ -> leave());
            default -> {
                // A publisher of this kind has no more to say.
            }
        }
    }

    private HttpRequest.Builder request(URI address) {
        return HttpRequest.newBuilder(address).timeout(TIMEOUT);
    }

    private HttpResponse<String> ask(HttpRequest.Builder request, int status) {
        HttpResponse<String> response =
                PlainConnection.Http.CLIENT
                        .sendAsync(request.build(), BodyHandlers.ofString())
                        .join();
        if (response.statusCode() != status) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
        return response;
    }

    private void offer(String sdp, String bearer) {
        if (session == null) {
            boolean publishes = options.audio() != null || options.video() != null;
            URI door = options.server().resolve((publishes ? "/whip/" : "/whep/") + options.room());
            HttpResponse<String> created =
                    ask(
                            request(door)
                                    .header("Authorization", "Bearer " + bearer)
                                    .header("Content-Type", "application/sdp")
                                    .POST(BodyPublishers.ofString(sdp)),
                            201);
            session = door.resolve(created.headers().firstValue("Location").orElseThrow());
            etag = created.headers().firstValue("ETag").orElseThrow();
            answer = created.body();
        } else {
            HttpResponse<String> restarted =
                    ask(
                            request(session)
                                    .header("If-Match", "*")
                                    .header("Content-Type", FRAGMENT)
                                    .method(
                                            "PATCH",
                                            BodyPublishers.ofString(
                                                    credentials(sdp) + candidates(sdp))),
                            200);
            etag = restarted.headers().firstValue("ETag").orElseThrow();
            for (String name : new String[] {"ice-ufrag", "ice-pwd"}) {
                answer =
                        answer.replaceAll(
                                "a=" + name + ":.*",
                                Matcher.quoteReplacement(line(restarted.body(), name)));
            }
        }
        offer = sdp;
        tell("answer", "sdp", answer);
        tell("connected", "", "");
    }

    private void trickle(String lines) {
        ask(
                request(Objects.requireNonNull(session))
                        .header("If-Match", etag)
                        .header("Content-Type", FRAGMENT)
                        .method("PATCH", BodyPublishers.ofString(credentials(offer) + lines)),
                204);
    }

    private void leave() {
        ask(request(Objects.requireNonNull(session)).DELETE(), 200);
        tell("left", "reason", "left");
    }

    private static String credentials(String sdp) {
        return line(sdp, "ice-ufrag") + "\r\n" + line(sdp, "ice-pwd") + "\r\n";
    }

    private static String candidates(String sdp) {
        StringBuilder lines = new StringBuilder();
        sdp.lines()
                .filter(line -> line.startsWith("a=candidate:"))
                .distinct()
                .forEach(line -> lines.append(line).append("\r\n"));
        return lines.toString();
    }

    private static String line(String sdp, String name) {
        Matcher matcher = Pattern.compile("(?m)^a=" + name + ":\\S+").matcher(sdp);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no a=" + name);
        }
        return matcher.group();
    }

    @Override
    public void abort() {
        // There is nothing to cut: a killed process just says no more.
    }
}
