package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.history.KeptCall;
import io.sluice.history.KeptEvent;

/** Calls and events of the history as the API shows them. */
final class HistoryJson {
    private HistoryJson() {}

    static ObjectNode call(KeptCall call) {
        ObjectNode node =
                RestJson.object()
                        .put("callId", call.callId())
                        .put("room", call.room())
                        .put("title", call.title())
                        .put("startedAt", RestJson.time(call.startedAt()));
        if (call.endedAt() != null) {
            node.put("endedAt", RestJson.time(call.endedAt())).put("endReason", call.endReason());
        }
        ArrayNode people = node.putArray("people");
        for (KeptCall.Person person : call.people()) {
            people.addObject().put("identity", person.identity()).put("name", person.name());
        }
        return node.put("photos", call.photos());
    }

    static ObjectNode event(KeptEvent event) {
        ObjectNode node =
                RestJson.object()
                        .put("eventId", event.eventId())
                        .put("at", RestJson.time(event.at()))
                        .put("kind", event.kind())
                        .put("callId", event.callId())
                        .put("room", event.room());
        if (!event.identity().isEmpty()) {
            node.put("identity", event.identity()).put("name", event.name());
        }
        if (!event.participantId().isEmpty()) {
            node.put("participantId", event.participantId());
        }
        return node.set("detail", event.detail());
    }
}
