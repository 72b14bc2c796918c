package io.sluice.srtp;

import java.util.List;

/**
 * Master keys and salts of one transport, as exported from its DTLS association (RFC 5764 4.2).
 *
 * @param sendKey ours: protects what we send
 * @param receiveKey theirs
 */
public record SrtpKeys(
        SrtpProfile profile,
        byte[] sendKey,
        byte[] sendSalt,
        byte[] receiveKey,
        byte[] receiveSalt) {

    /** Refuses keys and salts that are not of the profile's sizes. */
    void requireSizes() {
        for (byte[] key : List.of(sendKey, receiveKey)) {
            require(key.length, profile.keyBytes());
        }
        for (byte[] salt : List.of(sendSalt, receiveSalt)) {
            require(salt.length, profile.saltBytes());
        }
    }

    private static void require(int bytes, int wanted) {
        if (bytes != wanted) {
            throw new IllegalArgumentException(bytes + " bytes, not " + wanted);
        }
    }
}
