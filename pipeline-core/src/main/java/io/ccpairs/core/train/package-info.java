/**
 * Contrastive training of an encoder: one optimiser step over a global batch of any size, its
 * checkpoints, and what watches it.
 */
@NullMarked
package io.ccpairs.core.train;

import org.jspecify.annotations.NullMarked;
