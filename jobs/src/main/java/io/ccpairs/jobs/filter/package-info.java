/** The stage {@code filter}: pairs whose passage ranks among the first for its query stay. */
@NullMarked
package io.ccpairs.jobs.filter;

import org.jspecify.annotations.NullMarked;
