/**
 * What a viewer gets: layer selection, rewriting, retransmission.
 *
 * <p>{@link io.sluice.forward.Egress} writes into {@link io.sluice.ice.UdpPort} itself. That is an
 * interface already, with the socket out of sight behind it, and tests have one that is a list. An
 * interface of our own would be the same three methods again, and one more call for each packet to each
 * viewer: the module below cannot implement it.
 */
@NullMarked
package io.sluice.forward;

import org.jspecify.annotations.NullMarked;
