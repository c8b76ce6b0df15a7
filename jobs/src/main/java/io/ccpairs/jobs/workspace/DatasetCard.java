package io.ccpairs.jobs.workspace;

import io.ccpairs.core.pair.Origin;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The {@code README.md} of a run: what a person, and Hugging Face {@code datasets}, needs to read
 * it. The front matter names the files of each origin, since folders of the form {@code origin=…}
 * mean nothing to that library.
 */
final class DatasetCard {
  private static final List<Long> SIZES =
      List.of(1_000L, 10_000L, 100_000L, 1_000_000L, 10_000_000L, 100_000_000L, 1_000_000_000L);
  private static final List<String> SIZE_WORDS =
      List.of(
          "n<1K",
          "1K<n<10K",
          "10K<n<100K",
          "100K<n<1M",
          "1M<n<10M",
          "10M<n<100M",
          "100M<n<1B",
          "1B<n<10B");

  private DatasetCard() {}

  /** The card of a run. */
  static String of(PublishedRun run) {
    Manifest manifest = run.manifest();
    long rows = manifest.rows().values().stream().mapToLong(Long::longValue).sum();
    StringBuilder card = new StringBuilder();
    card.append("---\npretty_name: \"ccpairs ")
        .append(manifest.table())
        .append("\"\ntask_categories:\n- sentence-similarity\n- feature-extraction\n")
        .append("tags:\n- text-embeddings\n- weak-supervision\n")
        .append("license: other\nlicense_name: by-origin\nlicense_link: \"#licences\"\n")
        .append("size_categories:\n- ")
        .append(size(rows))
        .append("\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n")
        .append("    path: \"data/*/*.parquet\"\n");
    for (String origin : manifest.rows().keySet()) {
      card.append("- config_name: ")
          .append(origin)
          .append("\n  data_files:\n  - split: train\n    path: \"data/origin=")
          .append(origin)
          .append("/*.parquet\"\n");
    }
    card.append("---\n\n# ccpairs: ").append(manifest.table()).append('\n');
    card.append(
            "\n(query, passage) pairs for training text embeddings, mined from public dumps by the"
                + " E5 recipe. One row is one\npair; `__meta__/schema.json` says what each column"
                + " means, `__meta__/funnel.json` what was left out and why.\n\n")
        .append("| origin | pairs | licence of the text |\n| --- | ---: | --- |\n");
    for (Map.Entry<String, Long> entry : manifest.rows().entrySet()) {
      card.append(
          String.format(
              Locale.ROOT,
              "| %s | %,d | %s |%n",
              entry.getKey(),
              entry.getValue(),
              licence(Origin.of(entry.getKey()))));
    }
    card.append("\n## Licences\n\nEach text stays under the licence of its origin");
    card.append(
        "; the column `licence` names the version where the dump does. Attribution: `subset`,"
            + " `source_id`\nand `query_key` lead to the page, post or comment.\n");
    card.append("\n## Made by\n\n")
        .append("- stage `")
        .append(manifest.stage())
        .append("`, run `")
        .append(manifest.run())
        .append("`, fingerprint `")
        .append(manifest.fingerprint())
        .append("`\n- code ")
        .append(manifest.code())
        .append("\n- published ")
        .append(manifest.publishedAt())
        .append("\n\n```python\nfrom datasets import load_dataset\n\n")
        .append("pairs = load_dataset(\"path/to/this/folder\", split=\"train\")\n```\n");
    return card.toString();
  }

  private static String size(long rows) {
    int i = 0;
    while (i < SIZES.size() && rows >= SIZES.get(i)) {
      i++;
    }
    return SIZE_WORDS.get(i);
  }

  private static String licence(Origin origin) {
    return switch (origin) {
      case REDDIT -> "the authors' own, under Reddit's user agreement";
      case STACKEXCHANGE -> "CC BY-SA 2.5, 3.0 or 4.0, by the date of the post";
      case WIKIPEDIA -> "CC BY-SA 3.0 or 4.0, and GFDL";
    };
  }
}
