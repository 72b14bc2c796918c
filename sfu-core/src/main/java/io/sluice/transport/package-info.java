/** One ICE, DTLS and SRTP path of a participant. */
@NullMarked
package io.sluice.transport;

import org.jspecify.annotations.NullMarked;
