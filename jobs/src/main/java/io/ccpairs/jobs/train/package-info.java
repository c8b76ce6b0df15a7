/**
 * Distributed training on Spark: one rank for each executor, restarts, checkpoints on any file
 * system, and what is watched meanwhile.
 */
@NullMarked
package io.ccpairs.jobs.train;

import org.jspecify.annotations.NullMarked;
