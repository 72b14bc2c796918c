package io.sluice.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@code /metrics} said at one time.
 *
 * @param text as it came
 * @param values by name with labels
 */
record Scrape(String text, Map<String, Double> values) {

    static Scrape of(URI server) {
        return read(ask(server.resolve("/metrics")));
    }

    static Scrape read(HttpResponse<String> response) {
        Map<String, Double> values = new HashMap<>();
        response.body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> {
                    int space = line.lastIndexOf(' ');
                    values.put(
                            line.substring(0, space),
                            Double.parseDouble(line.substring(space + 1)));
                });
        return new Scrape(response.body(), values);
    }

    static HttpResponse<String> ask(URI uri, String... headers) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri);
            if (headers.length > 0) {
                request.headers(headers);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The sum of all series of a name that have all of these labels, as {@code state="used"}. */
    long sum(String name, String... labels) {
        double sum = 0;
        int found = 0;
        for (Map.Entry<String, Double> series : values.entrySet()) {
            String key = series.getKey();
            boolean named = key.equals(name) || key.startsWith(name + "{");
            for (String label : labels) {
                named = named && key.contains(label);
            }
            if (named) {
                sum += series.getValue();
                found++;
            }
        }
        if (found == 0) {
            throw new AssertionError("there is no " + name + " in\n" + text);
        }
        return (long) sum;
    }
}
