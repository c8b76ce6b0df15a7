package io.ccpairs.jobs.recipe;

import java.util.List;

/**
 * What a whole recipe reads, and with which model it begins; everything else is the stages' own
 * settings, in the same file.
 *
 * @param reddit dumps: files, folders or globs
 * @param stackexchange dumps
 * @param wikipedia dumps
 * @param optOut list of authors and records to leave out; empty for none
 * @param evaluationSets texts that no pair may hold; without any the stage {@code leaks} is left
 *     out
 * @param tasks what the model is evaluated on; without any the stage {@code evaluate} is left out
 * @param model folder of the weights that both trainings begin from; empty to begin from nothing
 * @param newModel the shape of an encoder that begins from nothing, as {@code pretrain --new} takes
 *     it; where both are empty nothing is run
 * @param first settings of the first training alone, as {@code key=value}
 * @param last settings of the last training alone
 */
public record RecipeConfig(
    List<String> reddit,
    List<String> stackexchange,
    List<String> wikipedia,
    String optOut,
    List<String> evaluationSets,
    List<String> tasks,
    String model,
    String newModel,
    List<String> first,
    List<String> last) {

  /** Nothing to read yet. */
  public static RecipeConfig defaults() {
    return new RecipeConfig(
        List.of(), List.of(), List.of(), "", List.of(), List.of(), "",
        "small", // E5-small's shape: the one that a single GPU trains in days
        List.of(), List.of());
  }
}
