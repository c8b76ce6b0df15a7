/** Exact ranking against a pool of vectors, and the consistency filter. */
@NullMarked
package io.ccpairs.core.rank;

import org.jspecify.annotations.NullMarked;
