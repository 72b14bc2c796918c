package io.sluice.server.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sluice.server.control.RestClient.Refused;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks into the rooms of a server, and moderates them: each method is a command. */
@Command(
        name = "sluice",
        description = "Checks settings, and asks or tells a server that runs.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the server refuses",
            "64:an argument is wrong",
            "69:the server cannot be reached",
            "77:the key does not allow it",
            "78:sluice.yaml or the environment is wrong"
        },
        subcommands = AutoComplete.GenerateCompletion.class)
final class RoomCommands {
    /** As many as the API gives at once. */
    private static final int PAGE = 1_000;

    private final Map<String, String> environment;

    RoomCommands(Map<String, String> environment) {
        this.environment = environment;
    }

    @Command(name = "rooms", description = "Lists the rooms.", mixinStandardHelpOptions = true)
    int rooms(@Mixin RemoteOptions remote) throws Refused {
        ArrayNode rooms = JsonNodeFactory.instance.arrayNode();
        try (RestClient client = client(remote, null)) {
            String after = "";
            do {
                JsonNode page = client.get("/rooms?limit=" + PAGE + after);
                page.path("rooms").forEach(rooms::add);
                after =
                        page.hasNonNull("next")
                                ? "&after=" + RestClient.segment(page.get("next").asText())
                                : "";
            } while (!after.isEmpty());
        }
        if (remote.json()) {
            return print(remote, rooms);
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("ROOM", "PARTICIPANTS", "TRACKS", "SINCE"));
        for (JsonNode room : rooms) {
            lines.add(
                    List.of(
                            room.path("name").asText(),
                            room.path("participantCount").asText(),
                            room.path("trackCount").asText(),
                            room.path("createdAt").asText()));
        }
        return table(remote, lines);
    }

    @Command(
            name = "participants",
            description = "Lists who is in a room, with their tracks.",
            mixinStandardHelpOptions = true)
    int participants(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ROOM") String room)
            throws Refused {
        JsonNode participants;
        try (RestClient client = client(remote, room)) {
            participants = participants(client, room);
        }
        if (remote.json()) {
            return print(remote, participants);
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("IDENTITY", "NAME", "TRACK", "SOURCE", "CODEC", "MUTED"));
        for (JsonNode participant : participants) {
            List<String> who =
                    List.of(
                            participant.path("identity").asText(),
                            participant.path("name").asText());
            if (participant.path("tracks").isEmpty()) {
                lines.add(List.of(who.get(0), who.get(1), "-", "", "", ""));
            }
            for (JsonNode track : participant.path("tracks")) {
                lines.add(
                        List.of(
                                who.get(0),
                                who.get(1),
                                track.path("trackId").asText(),
                                track.path("source").asText(),
                                track.path("codec").asText(),
                                track.path("muted").asText()));
            }
        }
        return table(remote, lines);
    }

    @Command(
            name = "kick",
            description = "Removes a participant from a room.",
            mixinStandardHelpOptions = true)
    int kick(
            @Mixin RemoteOptions remote,
            @Parameters(paramLabel = "ROOM") String room,
            @Parameters(paramLabel = "IDENTITY") String identity)
            throws Refused {
        try (RestClient client = client(remote, room)) {
            client.delete(
                    "/rooms/"
                            + RestClient.segment(room)
                            + "/participants/"
                            + RestClient.segment(identity));
        }
        return done(remote, "removed", identity);
    }

    @Command(
            name = "mute",
            description = "Mutes the tracks of a participant, or one of them.",
            mixinStandardHelpOptions = true)
    int mute(
            @Mixin RemoteOptions remote,
            @Parameters(paramLabel = "ROOM") String room,
            @Parameters(paramLabel = "IDENTITY") String identity,
            @Option(names = "--track", paramLabel = "TRACK", description = "This one only.")
                    @Nullable String only,
            @Option(names = "--off", description = "Unmute, where the room allows it.") boolean off)
            throws Refused {
        ArrayNode muted = JsonNodeFactory.instance.arrayNode();
        try (RestClient client = client(remote, room)) {
            for (JsonNode participant : participants(client, room)) {
                for (JsonNode track : participant.path("tracks")) {
                    String id = track.path("trackId").asText();
                    if (participant.path("identity").asText().equals(identity)
                            && (only == null || only.equals(id))) {
                        muted.add(
                                client.post(
                                        "/rooms/"
                                                + RestClient.segment(room)
                                                + "/tracks/"
                                                + RestClient.segment(id)
                                                + "/mute",
                                        "{\"muted\":" + !off + "}"));
                    }
                }
            }
        }
        if (muted.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is no such track of " + identity + " in " + room + ".");
        }
        return remote.json()
                ? print(remote, muted)
                : done(remote, off ? "unmuted" : "muted", muted.size() + " tracks");
    }

    @Command(
            name = "end",
            description = "Ends a room for everybody in it.",
            mixinStandardHelpOptions = true)
    int end(@Mixin RemoteOptions remote, @Parameters(paramLabel = "ROOM") String room)
            throws Refused {
        try (RestClient client = client(remote, room)) {
            client.delete("/rooms/" + RestClient.segment(room));
        }
        return done(remote, "ended", room);
    }

    private static JsonNode participants(RestClient client, String room) throws Refused {
        return client.get("/rooms/" + RestClient.segment(room) + "/participants")
                .path("participants");
    }

    private RestClient client(RemoteOptions remote, @Nullable String room) {
        return new RestClient(remote.url(environment), remote.administration(environment, room));
    }

    private static int done(RemoteOptions remote, String what, String whom) {
        return remote.json()
                ? print(remote, JsonNodeFactory.instance.objectNode().put(what, whom))
                : table(remote, List.of(List.of(what + " " + whom)));
    }

    private static int print(RemoteOptions remote, JsonNode node) {
        PrintWriter out = remote.out();
        out.println(node);
        out.flush();
        return 0;
    }

    /** In columns as wide as what stands in them. Names come from strangers: no control characters. */
    private static int table(RemoteOptions remote, List<List<String>> lines) {
        PrintWriter out = remote.out();
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                int column = i;
                int width =
                        lines.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
                String cell = line.get(i).replaceAll("\\p{Cntrl}", "?");
                text.append(cell).append(" ".repeat(Math.max(0, width - cell.length()) + 2));
            }
            out.println(text.toString().stripTrailing());
        }
        out.flush();
        return 0;
    }
}
