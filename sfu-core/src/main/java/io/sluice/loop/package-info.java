/** The turn of an event loop: clock, timers, buffers, hand-off. */
@NullMarked
package io.sluice.loop;

import org.jspecify.annotations.NullMarked;
