/** The stage {@code dedup}: of equal and almost equal pairs one stays. */
@NullMarked
package io.ccpairs.jobs.dedup;

import org.jspecify.annotations.NullMarked;
