/** What a machine lacks to carry media well, and the cure of each: {@code ./sluice doctor}. */
@NullMarked
package io.sluice.server.doctor;

import org.jspecify.annotations.NullMarked;
