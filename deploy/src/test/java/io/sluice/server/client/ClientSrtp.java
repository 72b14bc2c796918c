package io.sluice.server.client;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import org.jitsi.srtp.SrtcpCryptoContext;
import org.jitsi.srtp.SrtpContextFactory;
import org.jitsi.srtp.SrtpCryptoContext;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.srtp.crypto.Aes;
import org.jitsi.utils.logging2.LoggerImpl;
import org.jspecify.annotations.Nullable;

/**
 * SRTP and SRTCP of one association, by jitsi-srtp.
 *
 * <p>Made by the handshake, then owned by the client's loop.
 */
public final class ClientSrtp {
    private static final LoggerImpl LOGGER = new LoggerImpl("client.srtp", Level.OFF);

    static {
        // The built-in choice measures the providers first, for seconds.
        Aes.setFactoryClassName("org.jitsi.srtp.crypto.Aes$SunJCECipherFactory");
    }

    /** Protection profiles (RFC 5764 4.1.2, RFC 7714 14.2). */
    public enum Profile {
        AES128_CM_SHA1_80(1, 16, 14, 10),
        AEAD_AES_128_GCM(7, 16, 12, 16),
        AEAD_AES_256_GCM(8, 32, 12, 16);

        private final int id;
        private final int keyBytes;
        private final int saltBytes;
        private final int tagBytes;

        Profile(int id, int keyBytes, int saltBytes, int tagBytes) {
            this.id = id;
            this.keyBytes = keyBytes;
            this.saltBytes = saltBytes;
            this.tagBytes = tagBytes;
        }

        int id() {
            return id;
        }

        int materialBytes() {
            return 2 * (keyBytes + saltBytes);
        }

        static @Nullable Profile of(int id) {
            for (Profile profile : values()) {
                if (profile.id == id) {
                    return profile;
                }
            }
            return null;
        }

        private SrtpPolicy policy() {
            boolean counterMode = this == AES128_CM_SHA1_80;
            SrtpPolicy policy =
                    new SrtpPolicy(
                            counterMode
                                    ? SrtpPolicy.AESCM_ENCRYPTION
                                    : SrtpPolicy.AESGCM_ENCRYPTION,
                            keyBytes,
                            counterMode
                                    ? SrtpPolicy.HMACSHA1_AUTHENTICATION
                                    : SrtpPolicy.NULL_AUTHENTICATION,
                            counterMode ? 20 : 0,
                            tagBytes,
                            saltBytes);
            policy.setSendReplayEnabled(false);
            return policy;
        }
    }

    private final Profile profile;
    private final SrtpContextFactory sending;
    private final SrtpContextFactory receiving;
    private final Map<Integer, SrtpCryptoContext> sendContexts = new HashMap<>();
    private final Map<Integer, SrtcpCryptoContext> sendControl = new HashMap<>();
    private final Map<Integer, SrtpCryptoContext> receiveContexts = new HashMap<>();
    private final Map<Integer, SrtcpCryptoContext> receiveControl = new HashMap<>();
    private long refused;
    private long replayed;

    /**
     * Takes the exported keys as they lie: client key, server key, client salt, server salt (RFC
     * 5764 4.2).
     */
    ClientSrtp(Profile profile, byte[] material) {
        this(profile, material, true);
    }

    /** The server's side is for who offered {@code setup:passive}. */
    ClientSrtp(Profile profile, byte[] material, boolean client) {
        this.profile = profile;
        SrtpContextFactory byClient = factory(material, 0, client);
        SrtpContextFactory byServer = factory(material, 1, !client);
        sending = client ? byClient : byServer;
        receiving = client ? byServer : byClient;
    }

    private SrtpContextFactory factory(byte[] material, int side, boolean sender) {
        int key = side * profile.keyBytes;
        int salt = 2 * profile.keyBytes + side * profile.saltBytes;
        return new SrtpContextFactory(
                sender,
                Arrays.copyOfRange(material, key, key + profile.keyBytes),
                Arrays.copyOfRange(material, salt, salt + profile.saltBytes),
                profile.policy(),
                profile.policy(),
                LOGGER);
    }

    Profile profile() {
        return profile;
    }

    long refused() {
        return refused;
    }

    long replayed() {
        return replayed;
    }

    byte[] protectRtp(byte[] packet, int length) {
        PacketBytes buffer = PacketBytes.copyOf(packet, length);
        try {
            context(sendContexts, sending, RtpBytes.int32(packet, 8)).transformPacket(buffer);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return buffer.toArray();
    }

    /** As {@link #protectRtp}, the first packet of an SSRC that is forgotten at once. */
    byte[] protectRtpOnce(byte[] packet) {
        PacketBytes buffer = PacketBytes.copyOf(packet, packet.length);
        try {
            sending.deriveContext(RtpBytes.int32(packet, 8), 0).transformPacket(buffer);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return buffer.toArray();
    }

    byte[] protectRtcp(byte[] packet, int length) {
        PacketBytes buffer = PacketBytes.copyOf(packet, length);
        try {
            control(sendControl, sending, RtpBytes.int32(packet, 4)).transformPacket(buffer);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return buffer.toArray();
    }

    /** Null if it is refused, and then counted. */
    byte @Nullable [] unprotectRtp(byte[] packet) {
        PacketBytes buffer = PacketBytes.copyOf(packet, packet.length);
        try {
            SrtpCryptoContext context =
                    context(receiveContexts, receiving, RtpBytes.int32(packet, 8));
            return accepted(context.reverseTransformPacket(buffer, false), buffer);
        } catch (GeneralSecurityException e) {
            refused++;
            return null;
        }
    }

    byte @Nullable [] unprotectRtcp(byte[] packet) {
        PacketBytes buffer = PacketBytes.copyOf(packet, packet.length);
        try {
            SrtcpCryptoContext context =
                    control(receiveControl, receiving, RtpBytes.int32(packet, 4));
            return accepted(context.reverseTransformPacket(buffer), buffer);
        } catch (GeneralSecurityException e) {
            refused++;
            return null;
        }
    }

    private byte @Nullable [] accepted(SrtpErrorStatus status, PacketBytes buffer) {
        return switch (status) {
            case OK -> buffer.toArray();
            case REPLAY_FAIL, REPLAY_OLD -> {
                replayed++;
                yield null;
            }
            case FAIL, AUTH_FAIL, INVALID_PACKET -> {
                refused++;
                yield null;
            }
        };
    }

    private static SrtpCryptoContext context(
            Map<Integer, SrtpCryptoContext> contexts, SrtpContextFactory factory, int ssrc)
            throws GeneralSecurityException {
        SrtpCryptoContext context = contexts.get(ssrc);
        if (context == null) {
            context = factory.deriveContext(ssrc, 0);
            contexts.put(ssrc, context);
        }
        return context;
    }

    private static SrtcpCryptoContext control(
            Map<Integer, SrtcpCryptoContext> contexts, SrtpContextFactory factory, int ssrc)
            throws GeneralSecurityException {
        SrtcpCryptoContext context = contexts.get(ssrc);
        if (context == null) {
            context = factory.deriveControlContext(ssrc);
            contexts.put(ssrc, context);
        }
        return context;
    }
}
