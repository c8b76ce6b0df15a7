/** Evaluation sets in the files they are published in. */
@NullMarked
package io.ccpairs.core.eval.task;

import org.jspecify.annotations.NullMarked;
