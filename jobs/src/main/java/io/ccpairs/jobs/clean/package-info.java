/** The stage {@code clean}: quality rules, languages and masks over a table of pairs. */
@NullMarked
package io.ccpairs.jobs.clean;

import org.jspecify.annotations.NullMarked;
