/**
 * From the records of a dump to candidate pairs: one package below per dump format, and the join of
 * threads they share.
 */
@NullMarked
package io.ccpairs.core.source;

import org.jspecify.annotations.NullMarked;
