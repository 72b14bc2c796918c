package io.sluice.server.control;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Signs a token; asks no server. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = "Prints a token that the key's secret has signed. No server is asked.")
final class TokenCommand implements Callable<Integer> {
    private final Map<String, String> environment;

    @Mixin private RemoteOptions remote = new RemoteOptions();

    @Option(names = "--room", paramLabel = "ROOM", description = "The room that it opens.")
    private @Nullable String room;

    @Option(names = "--identity", paramLabel = "ID", description = "Who comes in with it.")
    private String identity = "";

    @Option(names = "--name", paramLabel = "NAME", description = "What the others see.")
    private String name = "";

    @Option(names = "--viewer", description = "Its bearer may watch, and send nothing.")
    private boolean viewer;

    @Option(names = "--admin", description = "Its bearer may moderate the room.")
    private boolean admin;

    @Option(names = "--create", description = "Its bearer may create and delete rooms.")
    private boolean create;

    @Option(names = "--list", description = "Its bearer may list rooms.")
    private boolean list;

    @Option(
            names = "--minutes",
            paramLabel = "COUNT",
            description = "How long it is good for (${DEFAULT-VALUE}).")
    private int minutes = 360;

    TokenCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        boolean joins = room != null && !identity.isEmpty();
        if (!joins && !admin && !create && !list) {
            throw new IllegalArgumentException(
                    "A token wants --room and --identity, or --admin with --room, --create or"
                            + " --list.");
        }
        if ((admin && room == null) || minutes < 1) {
            throw new IllegalArgumentException("--admin wants a --room, and --minutes at least 1.");
        }
        Map<String, Object> video = new LinkedHashMap<>();
        if (room != null) {
            video.put("room", room);
        }
        if (joins) {
            video.put("roomJoin", true);
            video.put("canPublish", !viewer);
            video.put("canPublishData", !viewer);
            video.put("canSubscribe", true);
        }
        putIf(video, "roomAdmin", admin);
        putIf(video, "roomCreate", create);
        putIf(video, "roomList", list);
        String token =
                remote.sign(
                        environment,
                        identity.isEmpty() ? "operator" : identity,
                        name,
                        video,
                        Duration.ofMinutes(minutes));
        PrintWriter out = remote.out();
        out.println(remote.json() ? "{\"token\":\"" + token + "\"}" : token);
        out.flush();
        return 0;
    }

    private static void putIf(Map<String, Object> claims, String claim, boolean granted) {
        if (granted) {
            claims.put(claim, true);
        }
    }
}
