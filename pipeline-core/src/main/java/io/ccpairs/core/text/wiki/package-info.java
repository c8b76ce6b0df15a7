/**
 * Wikitext to sections of plain text, in three passes over the page, each linear in its length
 * whatever stands in it: literal parts are shielded and references dropped; brackets are matched;
 * the rest is written out.
 */
@NullMarked
package io.ccpairs.core.text.wiki;

import org.jspecify.annotations.NullMarked;
