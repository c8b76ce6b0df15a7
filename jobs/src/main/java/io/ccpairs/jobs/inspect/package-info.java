/** Looks into tables: random kept, dropped or unreadable rows, or the answer to a query. */
@NullMarked
package io.ccpairs.jobs.inspect;

import org.jspecify.annotations.NullMarked;
