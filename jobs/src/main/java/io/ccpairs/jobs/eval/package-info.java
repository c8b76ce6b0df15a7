/** The command {@code evaluate}: tasks in, scores in MTEB's files out. */
@NullMarked
package io.ccpairs.jobs.eval;

import org.jspecify.annotations.NullMarked;
