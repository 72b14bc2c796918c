package io.sluice.livekit;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.Grants;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * One method of a service. Immutable; used from all event loops of the web server.
 *
 * @param example of its requests, for their type
 * @param action carries it out; throws a {@link TwirpException}, or lets the answer fail with one
 * @param patience what it may take beside what a room takes
 */
record RoomServiceMethod<Q extends Message>(
        Q example,
        BiFunction<Bearer, Q, CompletableFuture<? extends Message>> action,
        Duration patience) {

    /** One that only asks rooms, and to which a key is like any other. */
    RoomServiceMethod(
            Q example, BiFunction<Grants, Q, CompletableFuture<? extends Message>> action) {
        this(example, (bearer, request) -> action.apply(bearer.grants(), request), Duration.ZERO);
    }

    /** In LiveKit's form: its own field names, and what has its default value too. */
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer()
                    .preservingProtoFieldNames()
                    .alwaysPrintFieldsWithNoPresence()
                    .omittingInsignificantWhitespace();

    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

    /** How requests and answers are written. */
    enum Form {
        JSON("application/json"),
        PROTOBUF("application/protobuf");

        private final String contentType;

        Form(String contentType) {
            this.contentType = contentType;
        }

        String contentType() {
            return contentType;
        }
    }

    /** Reads a request and carries it out. */
    CompletableFuture<byte[]> call(Bearer bearer, Form form, byte[] body) {
        return action.apply(bearer, read(form, body)).thenApply(answer -> write(form, answer));
    }

    // The builder of an example is one of its own type.
    @SuppressWarnings("unchecked")
    private Q read(Form form, byte[] body) {
        Message.Builder request = example.newBuilderForType();
        try {
            switch (form) {
                case JSON -> PARSER.merge(new String(body, StandardCharsets.UTF_8), request);
                case PROTOBUF -> request.mergeFrom(body);
            }
        } catch (InvalidProtocolBufferException malformed) {
            throw new TwirpException(
                    TwirpError.MALFORMED, "the body is no " + example.getClass().getSimpleName());
        }
        return (Q) request.build();
    }

    private static byte[] write(Form form, Message answer) {
        return switch (form) {
            case JSON -> json(answer).getBytes(StandardCharsets.UTF_8);
            case PROTOBUF -> answer.toByteArray();
        };
    }

    private static String json(Message message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException unknownType) {
            throw new IllegalStateException(unknownType);
        }
    }
}
