package io.ccpairs.jobs.recipe;

import java.util.ArrayList;
import java.util.List;

/**
 * The recipe of E5 (sections 3 and 4.1) as a list of command lines. A first encoder is trained on
 * all pairs, noise included; it filters them; a second one is trained on what is left. Both
 * trainings are the same stages with other tables, so they work in folders of their own below the
 * workspace: {@code first} and {@code last}.
 */
public final class Recipe {
  /** The folder of the encoder that filters. */
  public static final String FIRST = "first";

  /** The folder of the encoder that is the result. */
  public static final String LAST = "last";

  private static final String MODEL = "model";

  private Recipe() {}

  /**
   * One command.
   *
   * @param name unlike any other's, for {@code --from} and {@code --to}
   * @param arguments of {@code ccpairs}, the job first
   */
  public record Step(String name, List<String> arguments) {}

  /**
   * The steps in their order.
   *
   * @param out the workspace
   * @param settings options by which every step takes its settings: {@code --config}, {@code --set}
   * @param onExisting what a step does where its result is there
   */
  public static List<Step> steps(
      RecipeConfig config, String out, List<String> settings, String onExisting) {
    List<Step> steps = new ArrayList<>();
    List<String> mine = new ArrayList<>(List.of("mine"));
    each(mine, "--reddit", config.reddit());
    each(mine, "--stackexchange", config.stackexchange());
    each(mine, "--wikipedia", config.wikipedia());
    if (!config.optOut().isEmpty()) {
      mine.addAll(List.of("--opt-out", config.optOut()));
    }
    steps.add(table("mine", mine, out, settings, onExisting));
    steps.add(table("clean", in("clean", out, "pairs"), out, settings, onExisting));
    steps.add(table("dedup", in("dedup", out, "clean"), out, settings, onExisting));
    String pairs = "unique";
    if (!config.evaluationSets().isEmpty()) {
      List<String> leaks = in("leaks", out, "unique");
      each(leaks, "--eval", config.evaluationSets());
      steps.add(table("leaks", leaks, out, settings, onExisting));
      pairs = "unseen";
    }
    train(steps, config, out, pairs, FIRST, join(settings, config.first()), onExisting);
    List<String> filter = in("filter", out, pairs);
    filter.addAll(List.of("--model", at(out, FIRST, MODEL)));
    steps.add(table("filter", filter, out, settings, onExisting));
    train(steps, config, out, "consistent", LAST, join(settings, config.last()), onExisting);
    if (!config.tasks().isEmpty()) {
      for (String which : List.of(FIRST, LAST)) {
        List<String> evaluate = new ArrayList<>(List.of("evaluate"));
        evaluate.addAll(
            List.of("--model", at(out, which, MODEL), "--model-name", "local/" + which));
        each(evaluate, "--tasks", config.tasks());
        evaluate.addAll(List.of("--out", out));
        evaluate.addAll(settings);
        steps.add(new Step("evaluate-" + which, evaluate));
      }
    }
    steps.add(new Step("report", List.of("report", at(out, "consistent"))));
    return steps;
  }

  private static void train(
      List<Step> steps,
      RecipeConfig config,
      String out,
      String pairs,
      String which,
      List<String> settings,
      String onExisting) {
    String place = at(out, which);
    steps.add(table("shard-" + which, in("shard", out, pairs), place, settings, onExisting));
    List<String> pretrain = in("pretrain", place, "shards");
    if (config.model().isEmpty()) {
      pretrain.addAll(List.of("--new", config.newModel()));
    } else {
      pretrain.addAll(List.of("--model", config.model()));
    }
    pretrain.addAll(List.of("--out", at(place, MODEL), "--on-existing", onExisting));
    pretrain.addAll(settings);
    steps.add(new Step("pretrain-" + which, pretrain));
  }

  private static Step table(
      String name, List<String> arguments, String out, List<String> settings, String onExisting) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--out", out, "--on-existing", onExisting));
    all.addAll(settings);
    return new Step(name, all);
  }

  private static List<String> in(String job, String place, String table) {
    return new ArrayList<>(List.of(job, "--in", at(place, table)));
  }

  private static void each(List<String> arguments, String option, List<String> values) {
    for (String value : values) {
      arguments.addAll(List.of(option, value));
    }
  }

  private static List<String> join(List<String> settings, List<String> more) {
    List<String> all = new ArrayList<>(settings);
    each(all, "--set", more);
    return all;
  }

  private static String at(String folder, String... below) {
    return folder + "/" + String.join("/", below);
  }
}
