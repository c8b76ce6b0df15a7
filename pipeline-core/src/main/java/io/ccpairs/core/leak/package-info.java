/** Finds pairs whose text stands in an evaluation set. */
@NullMarked
package io.ccpairs.core.leak;

import org.jspecify.annotations.NullMarked;
