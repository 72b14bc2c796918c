/** What a hostile client sends: bytes of its own making, with and without valid keys. */
@NullMarked
package io.sluice.server.hostile;

import org.jspecify.annotations.NullMarked;
