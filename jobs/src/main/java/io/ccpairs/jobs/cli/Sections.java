package io.ccpairs.jobs.cli;

import io.ccpairs.core.corpus.CorpusConfig;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.quality.QualityConfig;
import io.ccpairs.core.source.reddit.RedditConfig;
import io.ccpairs.core.source.stackexchange.StackExchangeConfig;
import io.ccpairs.core.source.wikipedia.WikipediaConfig;
import io.ccpairs.core.train.TrainConfig;
import io.ccpairs.jobs.clean.CleanConfig;
import io.ccpairs.jobs.config.Section;
import io.ccpairs.jobs.dedup.DedupConfig;
import io.ccpairs.jobs.encode.EncodeConfig;
import io.ccpairs.jobs.eval.EvaluateConfig;
import io.ccpairs.jobs.filter.FilterConfig;
import io.ccpairs.jobs.leak.LeakConfig;
import io.ccpairs.jobs.mine.MineConfig;
import io.ccpairs.jobs.recipe.RecipeConfig;
import io.ccpairs.jobs.shard.ShardConfig;
import io.ccpairs.jobs.train.NewModelConfig;
import io.ccpairs.jobs.train.RunConfig;
import java.util.List;

/** All that may be configured. */
final class Sections {
  static final Section<CorpusConfig> CORPUS = new Section<>("corpus", CorpusConfig.defaults());
  static final Section<MineConfig> MINE = new Section<>("mine", MineConfig.defaults());
  static final Section<WikipediaConfig> WIKIPEDIA =
      new Section<>("mine.wikipedia", WikipediaConfig.defaults());
  static final Section<StackExchangeConfig> STACKEXCHANGE =
      new Section<>("mine.stackexchange", StackExchangeConfig.defaults());
  static final Section<RedditConfig> REDDIT = new Section<>("mine.reddit", RedditConfig.defaults());

  static final Section<CleanConfig> CLEAN = new Section<>("clean", CleanConfig.defaults());
  static final Section<QualityConfig> CLEAN_REDDIT = quality(Origin.REDDIT);
  static final Section<QualityConfig> CLEAN_STACKEXCHANGE = quality(Origin.STACKEXCHANGE);
  static final Section<QualityConfig> CLEAN_WIKIPEDIA = quality(Origin.WIKIPEDIA);
  static final Section<DedupConfig> DEDUP = new Section<>("dedup", DedupConfig.defaults());
  static final Section<LeakConfig> LEAKS = new Section<>("leaks", LeakConfig.defaults());

  static final Section<EncodeConfig> ENCODE = new Section<>("encode", EncodeConfig.defaults());
  static final Section<FilterConfig> FILTER = new Section<>("filter", FilterConfig.defaults());
  static final Section<ShardConfig> SHARD = new Section<>("shard", ShardConfig.defaults());
  static final Section<NewModelConfig> MODEL = new Section<>("model", NewModelConfig.defaults());
  static final Section<TrainConfig> PRETRAIN = new Section<>("pretrain", TrainConfig.defaults());
  static final Section<RunConfig> PRETRAIN_RUN =
      new Section<>("pretrain.run", RunConfig.defaults());

  static final Section<RecipeConfig> RUN = new Section<>("run", RecipeConfig.defaults());
  static final Section<EvaluateConfig> EVALUATE =
      new Section<>("evaluate", EvaluateConfig.defaults());

  /** In the order of the pipeline. */
  static final List<Section<?>> ALL =
      List.of(
          CORPUS,
          MINE,
          WIKIPEDIA,
          STACKEXCHANGE,
          REDDIT,
          CLEAN,
          CLEAN_REDDIT,
          CLEAN_STACKEXCHANGE,
          CLEAN_WIKIPEDIA,
          DEDUP,
          LEAKS,
          ENCODE,
          FILTER,
          SHARD,
          MODEL,
          PRETRAIN,
          PRETRAIN_RUN,
          EVALUATE,
          RUN);

  private static Section<QualityConfig> quality(Origin origin) {
    return new Section<>("clean." + origin.word(), QualityConfig.defaults(origin));
  }

  private Sections() {}
}
