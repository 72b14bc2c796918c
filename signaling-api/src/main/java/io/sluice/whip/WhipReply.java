package io.sluice.whip;

import io.sluice.api.Problem;

/** What a session answers a request; the web server's side writes it. */
sealed interface WhipReply {

    /** 201: the session has begun. */
    record Created(String secret, String sdp, String etag) implements WhipReply {}

    /** 204: the candidates are taken. */
    record Trickled() implements WhipReply {}

    /** 200: ICE begins anew. */
    record Restarted(String fragment, String etag) implements WhipReply {}

    /** 200: the session is over. */
    record Ended() implements WhipReply {}

    record Refused(Problem problem) implements WhipReply {}
}
