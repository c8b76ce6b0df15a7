package io.ccpairs.jobs.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.encoder.EncoderOptions;
import io.ccpairs.core.pair.Role;
import io.ccpairs.jobs.RandomModel;
import io.ccpairs.jobs.TestSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stages as MLlib's users meet them: in pipelines that are saved and loaded. */
class PipelineTest {
  @TempDir static Path folder;
  private static String model = "";
  private static Dataset<Row> pairs;

  @BeforeAll
  static void pairs() throws IOException {
    model = RandomModel.small(folder.resolve("model"));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      String passage = RandomModel.words(i, 8);
      rows.add(
          RowFactory.create(
              i,
              i % 2 == 0
                  ? passage.substring(0, passage.lastIndexOf(' '))
                  : RandomModel.words(-i, 5),
              i == 7 ? null : i == 9 ? passage + " " + RandomModel.NO_NUMBER : passage));
    }
    pairs =
        TestSpark.local()
            .createDataFrame(
                rows,
                new StructType()
                    .add("id", DataTypes.IntegerType)
                    .add("query", DataTypes.StringType)
                    .add("passage", DataTypes.StringType))
            .repartition(3);
  }

  private static TextEncoder encoder() {
    return new TextEncoder().setModelPath(model).setInputCol("passage").setOutputCol("vector");
  }

  @Test
  void textsBecomeVectorsThatOtherStagesTake() throws IOException {
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  encoder(), new KMeans().setK(3).setSeed(1).setFeaturesCol("vector")
                });
    Dataset<Row> texts = pairs.where("passage is not null and id <> 9");
    PipelineModel fitted = pipeline.fit(texts);
    String at = folder.resolve("pipeline").toString();
    fitted.write().overwrite().save(at);
    PipelineModel loaded = PipelineModel.load(at);
    assertThat(loaded.stages()[0]).isInstanceOf(TextEncoder.class);
    Row row = loaded.transform(texts).where("id = 4").first();
    assertThat(row.<Integer>getAs("prediction")).isBetween(0, 2);
    try (io.ccpairs.core.encoder.TextEncoder plain =
        io.ccpairs.core.encoder.TextEncoder.open(Path.of(model), EncoderOptions.cpu())) {
      Embeddings expected = plain.encode(Role.PASSAGE, List.of(RandomModel.words(4, 8)));
      double[] vector = row.<Vector>getAs("vector").toArray();
      assertThat(vector).hasSize(expected.dimensions());
      for (int i = 0; i < vector.length; i++) {
        assertThat(vector[i]).isCloseTo(expected.values()[i], within());
      }
    }
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-5);
  }

  @Test
  void arraysHoldTheSameNumbersAndRolesDiffer() {
    Dataset<Row> both =
        encoder()
            .setOutputType("array")
            .setOutputCol("array")
            .transform(
                encoder()
                    .setRole("query")
                    .setOutputCol("as_query")
                    .transform(encoder().transform(pairs)));
    Row row = both.where("id = 4").first();
    List<Float> array = row.getList(row.fieldIndex("array"));
    double[] vector = row.<Vector>getAs("vector").toArray();
    assertThat(array).hasSize(vector.length);
    assertThat((double) array.get(3)).isCloseTo(vector[3], within());
    assertThat(row.<Vector>getAs("as_query").toArray()[3]).isNotEqualTo(vector[3]);
    assertThat(both.where("id = 7").first().isNullAt(both.schema().fieldIndex("vector")))
        .as("no text, no vector")
        .isTrue();
  }

  @Test
  void theFilterIsFittedSavedAndLoadedWithItsPool() throws IOException {
    ConsistencyFilter filter =
        new ConsistencyFilter()
            .setModelPath(model)
            .setPoolSize(100)
            .setBatchSize(32)
            .setDropInconsistent(false);
    PipelineModel fitted = new Pipeline().setStages(new PipelineStage[] {filter}).fit(pairs);
    List<String> marked = rows(fitted.transform(pairs));
    assertThat(marked).hasSize(120);
    assertThat(marked.stream().filter(row -> row.endsWith("true")).count()).isBetween(5L, 100L);
    assertThat(marked).contains("7|null|null|false", "9|null|null|false");

    String at = folder.resolve("filter").toString();
    fitted.write().overwrite().save(at);
    ConsistencyFilterModel loaded = (ConsistencyFilterModel) PipelineModel.load(at).stages()[0];
    assertThat(loaded.pool()).as("its own copy").contains(at + "/stages/").endsWith("pool");
    assertThat(rows(loaded.transform(pairs))).isEqualTo(marked);
    assertThat(rows(loaded.copy(org.apache.spark.ml.param.ParamMap.empty()).transform(pairs)))
        .isEqualTo(marked);

    loaded.setDropInconsistent(true);
    List<String> two = rows(loaded.transform(pairs));
    assertThat(two).allMatch(row -> row.endsWith("true"));
    assertThat(rows(loaded.setK(1).transform(pairs))).hasSizeLessThanOrEqualTo(two.size());
    assertThat(rows(loaded.setK(10).transform(pairs))).hasSizeGreaterThan(two.size());
  }

  private static List<String> rows(Dataset<Row> ranked) {
    return ranked
        .selectExpr("id", "rank", "round(cosine, 4)", "consistent")
        .orderBy("id")
        .collectAsList()
        .stream()
        .map(row -> row.mkString("|"))
        .toList();
  }

  @Test
  void columnsThatDoNotFitAreNamed() {
    assertThatThrownBy(() -> encoder().setInputCol("body").transform(pairs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("column body does not exist");
    assertThatThrownBy(() -> encoder().setInputCol("id").transform(pairs))
        .hasMessageContaining("must be of type string, is int");
    assertThatThrownBy(() -> encoder().setOutputCol("query").transform(pairs))
        .hasMessageContaining("query already exists");
    assertThatThrownBy(() -> encoder().setRole("answer")).hasMessageContaining("role");
  }

  @Test
  void stagesAreFoundAsServices() {
    assertThat(ServiceLoader.load(Transformer.class).stream().map(ServiceLoader.Provider::type))
        .contains(TextEncoder.class);
    assertThat(ServiceLoader.load(Estimator.class).stream().map(ServiceLoader.Provider::type))
        .contains(ConsistencyFilter.class);
  }
}
