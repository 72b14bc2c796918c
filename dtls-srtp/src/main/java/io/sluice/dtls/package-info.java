/** The DTLS handshake that yields the keys of SRTP. */
@NullMarked
package io.sluice.dtls;

import org.jspecify.annotations.NullMarked;
