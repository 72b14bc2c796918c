/** What an operator types: checks, and questions to a server that runs. */
@NullMarked
package io.sluice.server.control;

import org.jspecify.annotations.NullMarked;
