/** One class for each reason to drop a pair. */
@NullMarked
package io.ccpairs.core.quality.rule;

import org.jspecify.annotations.NullMarked;
