/** What people read after a job: the funnel table, reports and cards. */
@NullMarked
package io.ccpairs.jobs.report;

import org.jspecify.annotations.NullMarked;
