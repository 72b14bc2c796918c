package io.sluice.api.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.api.AccessTokens;
import io.sluice.api.AccessTokens.Bearer;
import io.sluice.api.AddressRates;
import io.sluice.api.Rate;
import io.sluice.api.RoomQuestions;
import io.sluice.room.ParticipantInfo;
import io.sluice.room.Room;
import io.sluice.room.RoomCommand;
import io.sluice.room.RoomInfo;
import io.sluice.room.Rooms;
import io.sluice.room.Topology;
import io.sluice.sctp.DataMessage;
import io.sluice.sdp.SdpException;
import io.sluice.sdp.SdpLimits;
import io.sluice.sdp.SessionDescription;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Passes on what two participants of one room need to connect with each other: offers, answers and candidates, each to
 * one of them, and nothing else. Used from all event loops.
 */
final class DirectOperations {
    private static final String DIRECT = "/api/v1/rooms/{room}/direct";

    /** The label of what pages are told in a call. */
    private static final String LABEL = "sluice";

    private static final int MAX_SDP_CHARS = 32 * 1024;
    private static final int MAX_CANDIDATE_CHARS = 1_024;
    private static final int MAX_MID_CHARS = 32;

    /** Two sounds and two pictures, and somewhat more. */
    private static final SdpLimits SDP_LIMITS =
            new SdpLimits(MAX_SDP_CHARS, 2_048, 4_096, 8, 512, 64);

    private static final Pattern LINK = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern MID = Pattern.compile("[!-~]{0," + MAX_MID_CHARS + "}");

    /** RFC 8839 5.1, as far as it does not matter to whoever reads it. */
    private static final Pattern CANDIDATE = Pattern.compile("(candidate:[ -~]+)?");

    /** A mesh of eight connects anew with some hundred messages of each, behind one address. */
    private static final Rate RATE = new Rate(20, 400);

    /** Two of each with seven others, at once: what waits for somebody who reads slowly must not break its channel. */
    private static final Rate DESCRIPTIONS = new Rate(2, 56);

    private final Rooms rooms;
    private final AddressRates rates;
    private final AddressRates descriptions;

    /**
     * @param maxAddresses whose messages are counted at a time
     */
    DirectOperations(Rooms rooms, int maxAddresses) {
        this.rooms = rooms;
        rates = new AddressRates(RATE, maxAddresses);
        descriptions = new AddressRates(DESCRIPTIONS, maxAddresses);
    }

    List<Operation> operations() {
        return List.of(Operation.post(DIRECT, Operation.Access.BEARER, this::relay));
    }

    private void relay(Call call) throws Refusal {
        String name = call.room();
        Bearer bearer = SnapshotOperations.requireOfRoom(call, name);
        call.requireQueryOf(Set.of());
        Fields body = call.body();
        String to = body.requiredText("to", AccessTokens.MAX_IDENTITY_CHARS);
        // Before it is read: that is the dear part.
        pass(rates, call);
        ObjectNode message = message(body);
        Room room = RoomOperations.find(rooms, name);
        call.await(
                RoomQuestions.describe(room),
                info -> relay(call, room, info, bearer.grants().identity(), to, message));
    }

    /** What the other is sent, but for who sends it: each field is looked at, and there are no others. */
    private static ObjectNode message(Fields body) throws Refusal {
        String link = matching(body.requiredText("link", Integer.MAX_VALUE), LINK, "link");
        String kind = body.requiredText("kind", Integer.MAX_VALUE);
        String sdp = body.text("sdp", MAX_SDP_CHARS);
        String candidate = body.text("candidate", MAX_CANDIDATE_CHARS);
        String mid = body.text("mid", MAX_MID_CHARS);
        body.requireNoOthers();
        ObjectNode message =
                RestJson.object().put("type", "direct").put("link", link).put("kind", kind);
        return switch (kind) {
            case "offer", "answer" -> {
                requireAbsent(candidate, "candidate", kind);
                requireAbsent(mid, "mid", kind);
                yield message.put("sdp", description(sdp));
            }
            case "candidate" -> {
                requireAbsent(sdp, "sdp", kind);
                if (candidate == null) {
                    throw Fields.invalid("candidate", "is missing");
                }
                message.put("candidate", matching(candidate, CANDIDATE, "candidate"));
                yield message.put("mid", mid == null ? "0" : matching(mid, MID, "mid"));
            }
            default -> throw Fields.invalid("kind", "must be offer, answer or candidate");
        };
    }

    private static String matching(String text, Pattern form, String field) throws Refusal {
        if (!form.matcher(text).matches()) {
            throw Fields.invalid(field, "is not one");
        }
        return text;
    }

    private static void requireAbsent(@Nullable String value, String field, String kind)
            throws Refusal {
        if (value != null) {
            throw Fields.invalid(field, "does not belong to the kind " + kind);
        }
    }

    private static String description(@Nullable String sdp) throws Refusal {
        if (sdp == null) {
            throw Fields.invalid("sdp", "is missing");
        }
        try {
            if (SessionDescription.parse(sdp, SDP_LIMITS).sections().isEmpty()) {
                throw Fields.invalid("sdp", "is no session description: it has no sections");
            }
        } catch (SdpException malformed) {
            throw Fields.invalid("sdp", "is no session description: " + malformed.getMessage());
        }
        return sdp;
    }

    private static void pass(AddressRates rates, Call call) throws Refusal {
        if (!rates.pass(call.address(), System.nanoTime())) {
            call.routing().response().putHeader("retry-after", "1");
            throw new Refusal(
                    429,
                    "too-many-requests",
                    "Too many requests",
                    "Too many offers and candidates come from your address. Wait a second.");
        }
    }

    private void relay(
            Call call, Room room, RoomInfo info, String from, String to, ObjectNode message)
            throws Refusal {
        Topology topology = info.settings().topology();
        if (!topology.isDirectAllowed()) {
            throw new Refusal(
                    409,
                    "not-direct",
                    "Through the server",
                    "In this room all goes through the server: its topology is sfu.");
        }
        if (from.equals(to)) {
            throw Fields.invalid("to", "is your own identity");
        }
        require(member(info, from));
        require(member(info, to));
        if (info.participants().size() > topology.maxDirectParticipants()) {
            throw new Refusal(
                    409,
                    "too-many-there",
                    "Through the server",
                    "There are more than "
                            + topology.maxDirectParticipants()
                            + " in the room: all goes through the server.");
        }
        if (message.has("sdp")) {
            pass(descriptions, call);
        }
        CompletableFuture<Integer> reply = new CompletableFuture<>();
        message.put("from", from);
        DataMessage content =
                new DataMessage(
                        DataMessage.Kind.BINARY,
                        message.toString().getBytes(StandardCharsets.UTF_8));
        room.submit(new RoomCommand.Publish(LABEL, true, content, List.of(to), reply));
        call.await(
                reply,
                receivers -> call.answer(200, RestJson.object().put("receivers", receivers)));
    }

    private static ParticipantInfo member(RoomInfo room, String identity) throws Refusal {
        return room.participants().stream()
                .filter(one -> one.identity().equals(identity) && !one.guise().hidden())
                .findFirst()
                .orElseThrow(() ->
                        new Refusal(409, "not-there", "Not there", "Both must be in the room."));
    }

    private static void require(ParticipantInfo one) throws Refusal {
        if (!one.permissions().canPublish()) {
            throw new Refusal(
                    403,
                    "not-permitted",
                    "Not allowed",
                    "Who may not publish is not connected with others.");
        }
    }
}
