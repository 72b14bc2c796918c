package io.sluice.server;

import static io.sluice.server.NativeStage.awaitMore;
import static io.sluice.server.NativeStage.awaitTracks;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.ice.UdpConfig;
import io.sluice.server.client.NativeClient;
import java.util.List;
import org.junit.jupiter.api.Test;

/** People in a room of a server that carries media as on systems without {@code sendmmsg}. */
final class NettySocketsIT {
    @Test
    void shouldForwardByNettysChannels() throws StartException {
        SluiceConfig config = TestServer.config();
        SluiceConfig plain =
                config.withLoop(config.loop().withUdp(UdpConfig.defaults().withOwnSockets(false)));
        try (NativeStage stage = new NativeStage(plain)) {
            NativeClient ada = stage.join("ada");
            NativeClient bob = stage.join("bob");
            for (NativeClient client : List.of(ada, bob)) {
                awaitTracks(client, 2);
                awaitMore(client, 100);
                NativeStage.awaitNothingMissing(client);
            }
            assertThat(Main.means(plain, stage.server().sluice()))
                    .startsWith("Media leaves by Netty's datagram channels, without padding; SRTP");
        }
    }
}
