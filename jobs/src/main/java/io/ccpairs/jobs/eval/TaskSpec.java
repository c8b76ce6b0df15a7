package io.ccpairs.jobs.eval;

import io.ccpairs.core.eval.task.QueryFile;
import io.ccpairs.core.eval.task.SentencePairFile;
import io.ccpairs.core.eval.task.SquadFile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;

/**
 * A task as its file or its folder describes it, before its texts are read.
 *
 * @param name also the name of the result file
 * @param split as in MTEB's results: test, dev …
 * @param subsets by name; {@code default} where there is one only
 * @param expected scores on record
 */
record TaskSpec(
    String name, String split, Map<String, Subset> subsets, List<Expectation> expected) {

  /**
   * A part that is scored by itself, as a language of a multilingual task.
   *
   * @param languages as MTEB writes them: eng-Latn
   */
  record Subset(List<String> languages, Source source) {
    /** The ISO 639-3 code of its first language; empty where none is named. */
    String language() {
      return languages.isEmpty() ? "" : languages.get(0).replaceFirst("-.*", "");
    }
  }

  /** Where the texts are. */
  sealed interface Source {
    /** Every file. */
    List<FileStatus> files();

    /** What else decides which texts and judgements are read of the files. */
    String reading();

    /** The metric that stands for the task. */
    String mainScore();
  }

  /** Corpus, queries and judgements. */
  record Retrieval(
      List<FileStatus> corpus,
      FileStatus queries,
      QueryFile.Ids queryIds,
      List<FileStatus> qrels,
      Set<Integer> leaveOut)
      implements Source {
    @Override
    public List<FileStatus> files() {
      List<FileStatus> files = new java.util.ArrayList<>(corpus);
      files.add(queries);
      files.addAll(qrels);
      return files;
    }

    @Override
    public String reading() {
      return "ids " + queryIds + ", without grades " + new TreeSet<>(leaveOut);
    }

    @Override
    public String mainScore() {
      return "ndcg_at_10";
    }
  }

  /** Questions over paragraphs. */
  record Squad(FileStatus file, SquadFile.Unit unit) implements Source {
    @Override
    public List<FileStatus> files() {
      return List.of(file);
    }

    @Override
    public String reading() {
      return unit.name();
    }

    @Override
    public String mainScore() {
      return "ndcg_at_10";
    }
  }

  /** Pairs of sentences with scores. */
  record Similarity(List<FileStatus> files, SentencePairFile.Layout layout) implements Source {
    @Override
    public String reading() {
      return layout.toString();
    }

    @Override
    public String mainScore() {
      return "cosine_spearman";
    }
  }

  /** Sentences of two languages, line by line. */
  record Translations(FileStatus source, FileStatus target) implements Source {
    @Override
    public List<FileStatus> files() {
      return List.of(source, target);
    }

    @Override
    public String reading() {
      return "line by line";
    }

    @Override
    public String mainScore() {
      return "f1";
    }
  }

  /**
   * A score that a system should reach.
   *
   * @param system a model's name without its organisation, bm25 or random
   * @param source who published or recorded it
   */
  record Expectation(String system, String subset, String metric, double value, String source) {}
}
