/** Ranking by words: the baseline that every encoder stands beside. */
@NullMarked
package io.ccpairs.core.rank.lexical;

import org.jspecify.annotations.NullMarked;
