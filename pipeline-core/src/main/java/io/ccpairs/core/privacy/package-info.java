/**
 * What hides a person: masks over addresses and names, and the list of those who asked to be left
 * out.
 */
@NullMarked
package io.ccpairs.core.privacy;

import org.jspecify.annotations.NullMarked;
