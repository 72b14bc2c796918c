/** Benchmarks of the stages of the packet path. */
@NullMarked
package io.sluice.bench;

import org.jspecify.annotations.NullMarked;
