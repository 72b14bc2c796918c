/** The server's own databases, for what outlives a restart. */
@NullMarked
package io.sluice.database;

import org.jspecify.annotations.NullMarked;
