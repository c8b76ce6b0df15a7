package io.ccpairs.jobs.report;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The table with which every job ends: for each origin and kind, what came in, what was kept, and
 * why the rest was not.
 */
public final class FunnelTable {
  private FunnelTable() {}

  /**
   * The table, one line for each origin and kind that has rows; reasons in the order of their
   * number, the largest first.
   */
  public static String render(Funnel funnel) {
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"", "", "in", "kept", "kept %", "dropped"});
    for (Origin origin : Origin.values()) {
      String name = origin.word();
      for (Kind kind : Kind.values()) {
        if (!funnel.empty(origin, kind)) {
          lines.add(line(funnel, origin, kind, name));
          name = "";
        }
      }
    }
    return TextTable.render(lines);
  }

  /** The reasons for which rows of any origin and kind were dropped, the most frequent first. */
  public static Map<Verdict, Long> reasons(Funnel funnel) {
    Map<Verdict, Long> sums = new EnumMap<>(Verdict.class);
    for (Origin origin : Origin.values()) {
      for (Kind kind : Kind.values()) {
        funnel
            .dropped(origin, kind)
            .forEach((verdict, rows) -> sums.merge(verdict, rows, Long::sum));
      }
    }
    Map<Verdict, Long> sorted = new LinkedHashMap<>();
    sums.entrySet().stream()
        .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  private static String[] line(Funnel funnel, Origin origin, Kind kind, String name) {
    long in = funnel.in(origin, kind);
    long kept = funnel.kept(origin, kind);
    StringJoiner reasons = new StringJoiner(", ");
    funnel.dropped(origin, kind).entrySet().stream()
        .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
        .forEach(reason -> reasons.add(reason.getKey().word() + " " + number(reason.getValue())));
    return new String[] {
      name,
      kind.word(),
      number(in),
      number(kept),
      in == 0 ? "" : percent(100.0 * kept / in),
      reasons.toString()
    };
  }

  private static String number(long rows) {
    return String.format(Locale.ROOT, "%,d", rows);
  }

  /** Finer where it would read as none or as all and is not. */
  private static String percent(double share) {
    boolean fine = (share > 0 && share < 0.1) || (share > 99.9 && share < 100);
    return String.format(Locale.ROOT, fine ? "%.3f" : "%.1f", share);
  }
}
