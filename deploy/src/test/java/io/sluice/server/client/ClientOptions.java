package io.sluice.server.client;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who joins what, and how.
 *
 * @param server its HTTP address
 * @param token to join with; without one it is asked for, as in dev mode
 * @param address the loopback address to send from
 * @param audio published, or null
 * @param video published, or null
 * @param rtx whether retransmissions (RFC 4588) are offered
 * @param trickle whether candidates come after the offer instead of in it
 * @param sendReceive whether publishing sections may also receive
 * @param variant shifts payload numbers and extension ids
 * @param profiles of SRTP, as offered
 * @param lossShare of the media packets, each way, from the start
 * @param passive whether the server has to send the ClientHello
 * @param seed of losses and of first sequence numbers
 * @param reportsByStream whether RFC 8888 is offered, and spoken, instead of transport-wide feedback
 * @param relayedPorts by the server's: what it says are its ports is not where they are reached, and it is told no
 *     address; empty for the usual
 */
public record ClientOptions(
        URI server,
        @Nullable String token,
        String room,
        String identity,
        InetAddress address,
        @Nullable Media audio,
        @Nullable Media video,
        boolean rtx,
        boolean trickle,
        boolean sendReceive,
        int variant,
        List<ClientSrtp.Profile> profiles,
        double lossShare,
        boolean passive,
        long seed,
        boolean reportsByStream,
        Map<Integer, Integer> relayedPorts) {
    public ClientOptions {
        relayedPorts = Map.copyOf(relayedPorts);
        profiles = List.copyOf(profiles);
    }

    /**
     * The shape of a published track.
     *
     * @param packetsPerFrame twice as many in a keyframe, and in each next encoding
     * @param payloadBytes of content in each packet
     * @param encodings up to three of video, named by rids; 1 for no simulcast
     */
    public record Media(int framesPerSecond, int packetsPerFrame, int payloadBytes, int encodings) {
        public Media(int framesPerSecond, int packetsPerFrame, int payloadBytes) {
            this(framesPerSecond, packetsPerFrame, payloadBytes, 1);
        }
    }

    /** Publishes audio at 50 packets/s and video at 15 frames/s, with all that a browser offers. */
    public static ClientOptions of(URI server, String room, String identity) {
        return new ClientOptions(
                server,
                null,
                room,
                identity,
                InetAddress.ofLiteral("127.0.0.1"),
                new Media(50, 1, 80),
                new Media(15, 4, 900),
                true,
                false,
                false,
                identity.hashCode(),
                List.of(
                        ClientSrtp.Profile.AES128_CM_SHA1_80,
                        ClientSrtp.Profile.AEAD_AES_256_GCM,
                        ClientSrtp.Profile.AEAD_AES_128_GCM),
                0,
                false,
                identity.hashCode(),
                false,
                Map.of());
    }

    /** Only watches. */
    public ClientOptions viewer() {
        return media(null, null);
    }

    public ClientOptions media(@Nullable Media newAudio, @Nullable Media newVideo) {
        return change(draft -> {
            draft.audio = newAudio;
            draft.video = newVideo;
        });
    }

    /** Publishes three encodings of video, and no audio. */
    public ClientOptions simulcast() {
        return media(null, new Media(30, 1, 600, 3));
    }

    public ClientOptions withToken(String newToken) {
        return change(draft -> draft.token = newToken);
    }

    public ClientOptions from(InetAddress newAddress) {
        return change(draft -> draft.address = newAddress);
    }

    public ClientOptions withoutRtx() {
        return change(draft -> draft.rtx = false);
    }

    /** Offers RFC 8888, and no transport-wide feedback. */
    public ClientOptions reportingByStream() {
        return change(draft -> draft.reportsByStream = true);
    }

    /** Reaches the server by a relay alone: by which of its ports each of the server's. */
    public ClientOptions through(Map<Integer, Integer> ports) {
        return change(draft -> draft.relayedPorts = ports);
    }

    public ClientOptions trickling() {
        return change(draft -> draft.trickle = true);
    }

    public ClientOptions sendReceiving() {
        return change(draft -> draft.sendReceive = true);
    }

    public ClientOptions srtp(ClientSrtp.Profile... offered) {
        return change(draft -> draft.profiles = List.of(offered));
    }

    public ClientOptions losing(double share, long newSeed) {
        return change(draft -> {
            draft.lossShare = share;
            draft.seed = newSeed;
        });
    }

    public ClientOptions waiting() {
        return change(draft -> draft.passive = true);
    }

    private ClientOptions change(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** The same, to be changed. */
    private static final class Draft {
        private URI server;
        private @Nullable String token;
        private String room;
        private String identity;
        private InetAddress address;
        private @Nullable Media audio;
        private @Nullable Media video;
        private boolean rtx;
        private boolean trickle;
        private boolean sendReceive;
        private int variant;
        private List<ClientSrtp.Profile> profiles;
        private double lossShare;
        private boolean passive;
        private long seed;
        private boolean reportsByStream;
        private Map<Integer, Integer> relayedPorts;

        Draft(ClientOptions from) {
            server = from.server;
            token = from.token;
            room = from.room;
            identity = from.identity;
            address = from.address;
            audio = from.audio;
            video = from.video;
            rtx = from.rtx;
            trickle = from.trickle;
            sendReceive = from.sendReceive;
            variant = from.variant;
            profiles = from.profiles;
            lossShare = from.lossShare;
            passive = from.passive;
            seed = from.seed;
            reportsByStream = from.reportsByStream;
            relayedPorts = from.relayedPorts;
        }

        ClientOptions options() {
            return new ClientOptions(
                    server,
                    token,
                    room,
                    identity,
                    address,
                    audio,
                    video,
                    rtx,
                    trickle,
                    sendReceive,
                    variant,
                    profiles,
                    lossShare,
                    passive,
                    seed,
                    reportsByStream,
                    relayedPorts);
        }
    }
}
