/** Reads settings into records, and says where a wrong one stands. */
@NullMarked
package io.sluice.server.config;

import org.jspecify.annotations.NullMarked;
