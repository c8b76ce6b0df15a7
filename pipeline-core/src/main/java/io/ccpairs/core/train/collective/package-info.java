/** How the ranks of one training add and exchange numbers, and how a lost rank is noticed. */
@NullMarked
package io.ccpairs.core.train.collective;

import org.jspecify.annotations.NullMarked;
