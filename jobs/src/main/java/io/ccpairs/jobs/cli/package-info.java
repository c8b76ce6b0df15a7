/** The command line: subcommands in pipeline order, configuration, exit codes. */
@NullMarked
package io.ccpairs.jobs.cli;

import org.jspecify.annotations.NullMarked;
