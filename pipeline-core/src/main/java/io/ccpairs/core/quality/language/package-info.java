/** Which language a text is in. */
@NullMarked
package io.ccpairs.core.quality.language;

import org.jspecify.annotations.NullMarked;
