package io.ccpairs.jobs.clean;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.privacy.Masks;
import io.ccpairs.core.quality.PairFacts;
import io.ccpairs.core.quality.QualityConfig;
import io.ccpairs.core.quality.Rules;
import io.ccpairs.core.quality.language.LanguageId;
import io.ccpairs.jobs.spark.JudgedRows;
import io.ccpairs.jobs.spark.Tally;
import io.ccpairs.jobs.spark.TallyAccumulator;
import io.ccpairs.jobs.workspace.OnExisting;
import io.ccpairs.jobs.workspace.PublishedRun;
import io.ccpairs.jobs.workspace.Stage;
import io.ccpairs.jobs.workspace.TableStage;
import io.ccpairs.jobs.workspace.Workspace;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Masks what reaches a person, names the language of pairs whose dump does not, and drops what the
 * rules of the origin drop. A pair keeps its id when a mask changes its text: the id names what was
 * mined.
 */
public final class CleanJob {
  /** The table that this job writes. */
  public static final String TABLE = "clean";

  /** The dimension in which pairs with a masked text are counted. */
  public static final String MASKED = "masked";

  /** Goes up when the same rows and settings give other rows. */
  private static final int VERSION = 2;

  private final SparkSession spark;
  private final CleanConfig config;
  private final Map<Origin, QualityConfig> quality;

  /** A job in a session, with the rules of each origin. */
  public CleanJob(SparkSession spark, CleanConfig config, Map<Origin, QualityConfig> quality) {
    this.spark = spark;
    this.config = config;
    this.quality = new EnumMap<>(quality);
  }

  /**
   * Cleans a run into a run of {@link #TABLE}.
   *
   * @param name the run's name; null for its fingerprint
   * @param settings the effective settings by key, for fingerprint and manifest
   */
  public Stage.Result run(
      PublishedRun input,
      Workspace workspace,
      @Nullable String name,
      OnExisting onExisting,
      SortedMap<String, String> settings)
      throws IOException {
    TableStage stage = new TableStage(spark, workspace, input);
    return stage.run(
        stage.order(TABLE, "clean", VERSION, name, List.of(), settings),
        onExisting,
        (origin, draft, writer) -> {
          TallyAccumulator tallies =
              JudgedRows.tallies(
                  spark, "clean " + origin.word(), config.droppedSample(), config.seed());
          QualityConfig rules = quality.getOrDefault(origin, QualityConfig.defaults(origin));
          return writer.write(
              origin,
              config.dropped(),
              JudgedRows.of(
                  stage.rows(origin), origin, () -> decision(rules), config.dropped(), tallies),
              tallies);
        });
  }

  private static JudgedRows.Decision decision(QualityConfig config) {
    Rules rules = Rules.of(config);
    Masks masks = new Masks(config.masks());
    LanguageId languages = LanguageId.model();
    return (pair, row, tally) -> judge(pair, config, rules, masks, languages, tally);
  }

  private static Judged judge(
      TextPair pair,
      QualityConfig config,
      Rules rules,
      Masks masks,
      LanguageId languages,
      Tally tally) {
    String query = masks.apply(pair.query());
    String passage = masks.apply(pair.passage());
    boolean masked = !query.equals(pair.query()) || !passage.equals(pair.passage());
    PairFacts facts = new PairFacts(masked ? pair.withTexts(query, passage) : pair, languages);
    Verdict verdict = rules.judge(facts);
    String lang = facts.language(config.minLanguageConfidence());
    if (masked && verdict.kept()) {
      tally.count(pair.origin(), MASKED, "pairs");
    }
    return JudgedRows.judged(facts.pair().withLang(lang), verdict);
  }
}
