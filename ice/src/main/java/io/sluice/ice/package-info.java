/** Sockets, demultiplexing, and ICE sessions on them. */
@NullMarked
package io.sluice.ice;

import org.jspecify.annotations.NullMarked;
