/**
 * The load generator: participants with real ICE, DTLS and SRTP in a process of their own, thousands of
 * them on a core where they only receive.
 */
@NullMarked
package io.sluice.bench.load;

import org.jspecify.annotations.NullMarked;
