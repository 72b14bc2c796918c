package io.sluice.server.control;

import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands take that ask a server: which one, and how to print its answer. Filled by picocli. */
final class RemoteOptions {
    @Mixin private ServerOptions server = new ServerOptions();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    /** Where the command's answer goes. */
    PrintWriter out() {
        return command.commandLine().getOut();
    }

    boolean json() {
        return json;
    }

    URI url(Map<String, String> environment) {
        return server.url(environment);
    }

    String administration(Map<String, String> environment, @Nullable String room) {
        return server.administration(environment, room);
    }

    String sign(
            Map<String, String> environment,
            String identity,
            String name,
            Map<String, Object> video,
            Duration validity) {
        return server.sign(environment, identity, name, video, validity);
    }
}
