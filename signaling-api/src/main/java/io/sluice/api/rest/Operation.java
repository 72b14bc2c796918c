package io.sluice.api.rest;

import io.vertx.core.http.HttpMethod;

/**
 * One method of one path.
 *
 * @param path with its parameters in braces, as OpenAPI writes it
 * @param access who may come as far as the action, which looks at the grants
 * @param hasBody whether it takes a JSON object
 */
public record Operation(
        HttpMethod method, String path, Access access, boolean hasBody, Call.Action action) {

    /** Which credentials are asked for before the action. */
    public enum Access {
        /** None. */
        OPEN,
        /** A token in the header Authorization. */
        BEARER,
        /** The same, or in the query: a browser's EventSource cannot set headers. */
        BEARER_OR_QUERY,
        /** A token, or dev mode and the same machine. */
        BEARER_OR_DEV
    }

    public static Operation get(String path, Access access, Call.Action action) {
        return new Operation(HttpMethod.GET, path, access, false, action);
    }

    public static Operation delete(String path, Call.Action action) {
        return new Operation(HttpMethod.DELETE, path, Access.BEARER, false, action);
    }

    public static Operation post(String path, Access access, Call.Action action) {
        return new Operation(HttpMethod.POST, path, access, true, action);
    }

    public static Operation patch(String path, Call.Action action) {
        return new Operation(HttpMethod.PATCH, path, Access.BEARER, true, action);
    }

    /** The path as Vert.x writes it. */
    String route() {
        return path.replaceAll("\\{(\\w+)}", ":$1");
    }
}
