/** MediaWiki's XML dumps: pages, and pairs of a title with the lead and with each section. */
@NullMarked
package io.ccpairs.core.source.wikipedia;

import org.jspecify.annotations.NullMarked;
