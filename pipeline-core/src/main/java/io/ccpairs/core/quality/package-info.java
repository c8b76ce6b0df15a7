/** Rules that judge a pair and say why, and the facts of a text that they ask for. */
@NullMarked
package io.ccpairs.core.quality;

import org.jspecify.annotations.NullMarked;
