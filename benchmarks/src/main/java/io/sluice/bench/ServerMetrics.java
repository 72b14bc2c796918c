package io.sluice.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server says of itself at {@code /metrics} (docs/metrics.md). */
record ServerMetrics(List<Sample> samples) {
    private static final Pattern LINE = Pattern.compile("^(\\w+)(?:\\{(.*)})? (\\S+)$");
    private static final Pattern REASON = Pattern.compile("reason=\"(\\w+)\"");

    /** Labels as they are written. */
    record Sample(String name, String labels, double value) {}

    ServerMetrics {
        samples = List.copyOf(samples);
    }

    static ServerMetrics read(URI server) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(server.resolve("/metrics")).build();
            return parse(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
    }

    static ServerMetrics parse(String text) {
        List<Sample> samples = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                String labels = matcher.group(2) == null ? "" : matcher.group(2);
                double value = Double.parseDouble(matcher.group(3));
                samples.add(new Sample(matcher.group(1), labels, value));
            }
        }
        return new ServerMetrics(samples);
    }

    /** Over all labels. */
    double sum(String name) {
        return named(name).stream().mapToDouble(Sample::value).sum();
    }

    /** A name that is gone must not pass for a counter that stands at zero. */
    private List<Sample> named(String name) {
        List<Sample> named = samples.stream().filter(sample -> sample.name().equals(name)).toList();
        if (named.isEmpty()) {
            throw new IllegalStateException("the server has no metric " + name);
        }
        return named;
    }

    /** Of a counter that has reasons: the sums over all other labels. */
    Map<String, Long> byReason(String name) {
        Map<String, Long> sums = new HashMap<>();
        for (Sample sample : named(name)) {
            Matcher reason = REASON.matcher(sample.labels());
            if (reason.find()) {
                sums.merge(reason.group(1), Math.round(sample.value()), Long::sum);
            }
        }
        return sums;
    }
}
