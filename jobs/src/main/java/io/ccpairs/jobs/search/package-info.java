/** The command {@code search}: what in a table answers a question. */
@NullMarked
package io.ccpairs.jobs.search;

import org.jspecify.annotations.NullMarked;
