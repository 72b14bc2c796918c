/**
 * SCTP over DTLS (RFC 8261, RFC 9260) and the data channels on it (RFC 8831, RFC 8832).
 *
 * <p>No socket, thread, clock or logger: packets and the time come in as arguments, packets and
 * deadlines come out.
 */
@NullMarked
package io.sluice.sctp;

import org.jspecify.annotations.NullMarked;
