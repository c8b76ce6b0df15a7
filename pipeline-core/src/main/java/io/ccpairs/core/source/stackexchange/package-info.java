/**
 * Stack Exchange's data dump: the rows of {@code Posts.xml}, their HTML as text, questions and
 * answers as thread items.
 */
@NullMarked
package io.ccpairs.core.source.stackexchange;

import org.jspecify.annotations.NullMarked;
