package io.sluice.srtp;

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
        byte[] receiveSalt) {}
