package io.sluice.dtls;

/** Which side of the handshake we take: what {@code a=setup} says (RFC 8842 5). */
public enum DtlsRole {
    /** Waits for the ClientHello ({@code setup:passive}), and so chooses the SRTP profile. */
    SERVER,
    /** Sends the ClientHello ({@code setup:active}). */
    CLIENT
}
