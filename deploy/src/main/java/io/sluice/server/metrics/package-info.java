/** What can be watched: counters and gauges for Prometheus, and whether the server is ready. */
@NullMarked
package io.sluice.server.metrics;

import org.jspecify.annotations.NullMarked;
