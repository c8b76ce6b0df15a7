/** Markup to plain text: HTML, Markdown and wikitext; normalisation and words. */
@NullMarked
package io.ccpairs.core.text;

import org.jspecify.annotations.NullMarked;
