/**
 * Keys of equal texts, shingles, MinHash signatures, bands, and the groups that near-duplicates
 * form.
 */
@NullMarked
package io.ccpairs.core.dedup;

import org.jspecify.annotations.NullMarked;
