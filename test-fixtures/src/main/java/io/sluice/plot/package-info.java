/** Plots for documents, drawn by tests and benches. */
@NullMarked
package io.sluice.plot;

import org.jspecify.annotations.NullMarked;
