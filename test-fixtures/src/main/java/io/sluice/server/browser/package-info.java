/** Drives real browsers, over the protocols they bring themselves, for tests and benches over the whole. */
@NullMarked
package io.sluice.server.browser;

import org.jspecify.annotations.NullMarked;
