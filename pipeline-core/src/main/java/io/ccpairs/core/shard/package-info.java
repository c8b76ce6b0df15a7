/** Shards: pairs laid out in the global batches of a training, and their reader. */
@NullMarked
package io.ccpairs.core.shard;

import org.jspecify.annotations.NullMarked;
