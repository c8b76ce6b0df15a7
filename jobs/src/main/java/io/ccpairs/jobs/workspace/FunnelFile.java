package io.ccpairs.jobs.workspace;

import io.ccpairs.core.pair.Funnel;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code __meta__/funnel.json}: for each origin and kind, rows in = kept + the dropped by reason.
 */
public record FunnelFile(List<Line> lines) {

  /** One origin and kind. */
  public record Line(String origin, String kind, long in, long kept, Map<String, Long> dropped) {}

  /** The file's form of a funnel; origins and kinds without rows are left out. */
  public static FunnelFile of(Funnel funnel) {
    List<Line> lines = new ArrayList<>();
    for (Origin origin : Origin.values()) {
      for (Kind kind : Kind.values()) {
        if (!funnel.empty(origin, kind)) {
          Map<String, Long> dropped = new LinkedHashMap<>();
          funnel
              .dropped(origin, kind)
              .forEach((verdict, rows) -> dropped.put(verdict.word(), rows));
          lines.add(
              new Line(
                  origin.word(),
                  kind.word(),
                  funnel.in(origin, kind),
                  funnel.kept(origin, kind),
                  dropped));
        }
      }
    }
    return new FunnelFile(lines);
  }

  /** The funnel that this file tells of. */
  public Funnel funnel() {
    Funnel funnel = new Funnel();
    for (Line line : lines) {
      Origin origin = Origin.of(line.origin());
      Kind kind = Kind.valueOf(line.kind().toUpperCase(Locale.ROOT));
      funnel.addIn(origin, kind, line.in());
      funnel.addJudged(origin, kind, Verdict.KEEP, line.kept());
      line.dropped()
          .forEach(
              (verdict, rows) ->
                  funnel.addJudged(
                      origin, kind, Verdict.valueOf(verdict.toUpperCase(Locale.ROOT)), rows));
    }
    return funnel;
  }
}
