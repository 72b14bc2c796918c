package io.sluice.bench;

import io.sluice.srtp.SrtpKeys;
import io.sluice.srtp.SrtpProfile;
import java.util.random.RandomGenerator;

/** Keys that no handshake has made. */
final class Keys {
    private Keys() {}

    static SrtpKeys random(SrtpProfile profile, RandomGenerator random) {
        byte[][] parts = {
            new byte[profile.keyBytes()],
            new byte[profile.saltBytes()],
            new byte[profile.keyBytes()],
            new byte[profile.saltBytes()]
        };
        for (byte[] part : parts) {
            random.nextBytes(part);
        }
        return new SrtpKeys(profile, parts[0], parts[1], parts[2], parts[3]);
    }

    /** The other side's view of them. */
    static SrtpKeys mirror(SrtpKeys keys) {
        return new SrtpKeys(
                keys.profile(),
                keys.receiveKey(),
                keys.receiveSalt(),
                keys.sendKey(),
                keys.sendSalt());
    }
}
