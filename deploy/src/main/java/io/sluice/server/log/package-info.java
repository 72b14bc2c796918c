/** The log: what it says of rooms, how much it says, and what it never says. */
@NullMarked
package io.sluice.server.log;

import org.jspecify.annotations.NullMarked;
