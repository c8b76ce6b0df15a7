/** The stage {@code shard}: a table of pairs laid out in the global batches of a training. */
@NullMarked
package io.ccpairs.jobs.shard;

import org.jspecify.annotations.NullMarked;
