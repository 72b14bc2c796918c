/** Rooms and participants, their commands and events. */
@NullMarked
package io.sluice.room;

import org.jspecify.annotations.NullMarked;
