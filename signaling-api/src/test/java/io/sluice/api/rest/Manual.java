package io.sluice.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The API's manual, read to hold the server to it; keeps account of what was held. */
public final class Manual {
    private static final String BASE = "https://manual.invalid/openapi";
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "patch", "delete", "head", "options", "trace");

    private final JsonNode document;
    private final Predicate<String> paths;
    private final JsonSchemaFactory schemas;
    private final Set<String> answered = new TreeSet<>();

    /** One method of one path, with where it stands in the document. */
    public record Described(String method, String path, JsonNode node, String pointer) {
        public String name() {
            return method + " " + path;
        }

        public JsonNode body() {
            return node.at("/requestBody/content/application~1json");
        }

        public boolean isOpen() {
            return node.path("security").isArray() && node.path("security").isEmpty();
        }

        /** The path with values for its parameters. */
        public String filled(Map<String, String> values) {
            String filled = path;
            for (var value : values.entrySet()) {
                filled = filled.replace("{" + value.getKey() + "}", value.getValue());
            }
            return filled;
        }
    }

    /** All but calls, which are served beside the REST API. */
    Manual(String yaml) throws IOException {
        this(yaml, path -> !isOfCalls(path));
    }

    /** Calls, and ringing. */
    public static Manual ofCalls(String yaml) throws IOException {
        return new Manual(yaml, Manual::isOfCalls);
    }

    private static boolean isOfCalls(String path) {
        return path.startsWith("/api/v1/calls") || path.startsWith("/api/v1/dial");
    }

    private Manual(String yaml, Predicate<String> paths) throws IOException {
        this.paths = paths;
        document = new YAMLMapper().readTree(yaml);
        String json = document.toString();
        schemas =
                JsonSchemaFactory.getInstance(
                        SpecVersion.VersionFlag.V202012,
                        builder ->
                                builder.schemaLoaders(
                                        loaders -> loaders.schemas(Map.of(BASE, json))));
    }

    JsonNode document() {
        return document;
    }

    public List<Described> operations() {
        List<Described> operations = new ArrayList<>();
        for (var path : document.get("paths").properties()) {
            if (!paths.test(path.getKey())) {
                continue;
            }
            for (var method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    String pointer = "/paths/" + escape(path.getKey()) + "/" + method.getKey();
                    operations.add(
                            new Described(
                                    method.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    method.getValue(),
                                    pointer));
                }
            }
        }
        return operations;
    }

    /** All that is said: method, path and status. */
    Set<String> declared() {
        Set<String> declared = new TreeSet<>();
        for (Described operation : operations()) {
            operation
                    .node()
                    .get("responses")
                    .fieldNames()
                    .forEachRemaining(status -> declared.add(operation.name() + " " + status));
        }
        return declared;
    }

    /** What {@link #hold} has seen of it. */
    Set<String> answered() {
        return answered;
    }

    /** Holds that an answer is one that the manual declares. */
    public void hold(Described operation, HttpResponse<String> response) {
        String what = operation.name() + " " + response.statusCode();
        String responses = operation.pointer() + "/responses/";
        String status = String.valueOf(response.statusCode());
        if (document.at(responses + status).isMissingNode()) {
            status = status.charAt(0) + "XX";
        }
        String pointer = resolve(responses + status);
        JsonNode declared = document.at(pointer);
        assertThat(declared.isMissingNode())
                .as("%s is not in the manual: %s", what, response.body())
                .isFalse();
        for (var header : declared.path("headers").properties()) {
            if (header.getValue().path("required").asBoolean()) {
                assertThat(response.headers().firstValue(header.getKey()))
                        .as(what + " " + header.getKey())
                        .isPresent();
            }
        }
        if (!declared.has("content")) {
            assertThat(response.body()).as(what).isEmpty();
        } else {
            String type = response.headers().firstValue("content-type").orElse("nothing");
            assertThat(declared.get("content").has(type)).as("%s is %s", what, type).isTrue();
            if (type.endsWith("json")) {
                holdSchema(pointer + "/content/" + escape(type) + "/schema", response.body(), what);
            }
        }
        answered.add(what);
    }

    /** Holds that JSON fits a schema of the document. */
    public void holdSchema(String pointer, String json, String what) {
        var errors =
                schemas.getSchema(SchemaLocation.of(BASE + "#" + pointer))
                        .validate(
                                json,
                                InputFormat.JSON,
                                context ->
                                        context.getExecutionConfig()
                                                .setFormatAssertionsEnabled(true));
        assertThat(errors).as("%s: %s", what, json).isEmpty();
    }

    private String resolve(String pointer) {
        JsonNode reference = document.at(pointer).get("$ref");
        return reference == null ? pointer : reference.asText().substring(1);
    }

    /** The names of the fields that an operation's body may have. */
    public Set<String> fields(Described operation) {
        JsonNode schema =
                document.at(
                        resolve(
                                operation.pointer()
                                        + "/requestBody/content/application~1json/schema"));
        Set<String> fields = new TreeSet<>();
        schema.path("properties").fieldNames().forEachRemaining(fields::add);
        return fields;
    }

    /** The example of a body, and one more field. */
    public static String withField(JsonNode example, String name) {
        Map<String, Object> fields = new LinkedHashMap<>();
        example.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        fields.put(name, 1);
        return new ObjectMapper().valueToTree(fields).toString();
    }

    private static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
