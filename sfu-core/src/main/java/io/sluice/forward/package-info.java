/** What a viewer gets: layer selection, rewriting, retransmission. */
@NullMarked
package io.sluice.forward;

import org.jspecify.annotations.NullMarked;
