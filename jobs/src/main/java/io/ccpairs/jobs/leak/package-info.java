/** The stage {@code leaks}: pairs that stand in an evaluation set are dropped. */
@NullMarked
package io.ccpairs.jobs.leak;

import org.jspecify.annotations.NullMarked;
