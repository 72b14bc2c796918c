package io.sluice.webhook;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends one event to one receiver. Used from any thread, which waits for the answer. */
final class WebhookSender implements AutoCloseable {
    private static final String CONTENT_TYPE = "application/webhook+json";

    private final HttpClient client;
    private final WebhookSigner signer;
    private final Duration timeout;

    WebhookSender(WebhookSigner signer, Duration timeout) {
        this.signer = signer;
        this.timeout = timeout;
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        // Nobody else is to hear of the rooms because a receiver says so.
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(timeout)
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
    }

    Attempt send(URI url, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        HttpRequest request =
                HttpRequest.newBuilder(url)
                        .timeout(timeout)
                        .header("content-type", CONTENT_TYPE)
                        .header("authorization", signer.authorization(bytes))
                        .POST(BodyPublishers.ofByteArray(bytes))
                        .build();
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(request, BodyHandlers.discarding());
        try {
            return Attempt.answered(
                    answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).statusCode());
        } catch (TimeoutException late) {
            // Also of a receiver that never ends its answer.
            answer.cancel(true);
            return late();
        } catch (ExecutionException failed) {
            return why(failed.getCause() == null ? failed : failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            return Attempt.away("interrupted");
        }
    }

    private Attempt why(Throwable failure) {
        return switch (failure) {
            case HttpTimeoutException _ -> late();
            case ConnectException _ -> Attempt.away("no connection");
            case IOException io -> Attempt.failed("connection failed: " + io.getMessage());
            default -> Attempt.failed("failed: " + failure);
        };
    }

    private Attempt late() {
        return Attempt.failed("no answer within " + timeout.toSeconds() + " s");
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
