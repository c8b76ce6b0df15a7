/**
 * From raw dumps to the table {@code pairs}: reads splits in parallel, joins threads, accounts for
 * every record.
 */
@NullMarked
package io.ccpairs.jobs.mine;

import org.jspecify.annotations.NullMarked;
