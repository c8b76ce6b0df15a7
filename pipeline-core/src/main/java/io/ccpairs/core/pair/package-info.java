/**
 * The words that every stage shares: pairs, origins, verdicts and ids. Knows nothing but the JDK.
 */
@NullMarked
package io.ccpairs.core.pair;

import org.jspecify.annotations.NullMarked;
