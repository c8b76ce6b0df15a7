/**
 * Settings: typed records with defaults, files and command-line values over them, and where each
 * value came from.
 */
@NullMarked
package io.ccpairs.jobs.config;

import org.jspecify.annotations.NullMarked;
