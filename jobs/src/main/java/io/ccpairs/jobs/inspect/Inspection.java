package io.ccpairs.jobs.inspect;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.ccpairs.jobs.workspace.PublishedRun;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;

/** The rows of one published run, as views {@code kept}, {@code dropped} and {@code bad}. */
public final class Inspection {
  private static final int MAX_SHOWN_CHARS = 1_200;
  private static final int MAX_SHOWN_VALUES = 20;

  /** Columns that tell rows apart, of which every table has some. */
  private static final List<String> KEY = List.of("file", "place", "pair_id", "source_id", "batch");

  private final SparkSession spark;
  private final PublishedRun run;

  /** A look at one run. */
  public Inspection(SparkSession spark, PublishedRun run) {
    this.spark = spark;
    this.run = run;
  }

  /** Which rows to look at. */
  public enum Rows {
    KEPT,
    DROPPED,
    BAD
  }

  /**
   * A random choice of rows: the same for the same seed, and spread over the table.
   *
   * @param where an SQL condition on the columns; empty for all rows
   * @param limit at most so many
   */
  public Dataset<Row> sample(Rows rows, Optional<String> where, int limit, long seed)
      throws IOException {
    Dataset<Row> all = read(rows);
    Dataset<Row> wanted = where.isPresent() ? all.where(where.get()) : all;
    List<Column> key = new ArrayList<>();
    for (String name : KEY) {
      if (List.of(all.columns()).contains(name)) {
        key.add(col(name));
      }
    }
    Column last = key.get(key.size() - 1);
    key.add(lit(seed));
    return wanted.orderBy(xxhash64(key.toArray(Column[]::new)), last).limit(limit);
  }

  /**
   * The answer to a query over the views {@code kept}, {@code dropped} and {@code bad}; those that
   * are empty are left out.
   */
  public Dataset<Row> sql(String query) throws IOException {
    for (Rows rows : Rows.values()) {
      if (exists(rows)) {
        read(rows).createOrReplaceTempView(rows.name().toLowerCase(java.util.Locale.ROOT));
      }
    }
    return spark.sql(query);
  }

  /** One row for people: its short columns in a line, then query and passage. */
  public static String text(Row row) {
    StringBuilder line = new StringBuilder();
    for (StructField field : row.schema().fields()) {
      Object value = row.getAs(field.name());
      if (value != null
          && !field.name().equals("query")
          && !field.name().equals("passage")
          && !field.name().endsWith("_author")) {
        line.append(line.length() == 0 ? "" : "  ")
            .append(field.name())
            .append('=')
            .append(show(value));
      }
    }
    return line.append('\n').append(sides(row)).toString();
  }

  /** Query and passage of a row, each beginning on a line of its own. */
  public static String sides(Row row) {
    StringBuilder text = new StringBuilder();
    for (String side : List.of("query", "passage")) {
      int index = List.of(row.schema().fieldNames()).indexOf(side);
      if (index >= 0 && !row.isNullAt(index)) {
        text.append(side.equals("query") ? "  Q: " : "  P: ")
            .append(indent(row.getString(index)))
            .append('\n');
      }
    }
    return text.toString();
  }

  private Dataset<Row> read(Rows rows) throws IOException {
    if (!exists(rows)) {
      throw new FileNotFoundException(
          "Cannot show rows of " + run.path() + ": it has none of that kind");
    }
    // origin stands in the files too; without a base path the folder's name adds no second column.
    Path place = place(rows);
    List<String> origins = new ArrayList<>();
    for (var child : files(place).listStatus(place)) {
      origins.add(child.getPath().toString());
    }
    return spark.read().option("mergeSchema", "true").parquet(origins.toArray(String[]::new));
  }

  private boolean exists(Rows rows) throws IOException {
    return files(place(rows)).exists(place(rows));
  }

  private org.apache.hadoop.fs.FileSystem files(Path place) throws IOException {
    return place.getFileSystem(spark.sparkContext().hadoopConfiguration());
  }

  private Path place(Rows rows) {
    return switch (rows) {
      case KEPT -> run.data();
      case DROPPED -> run.dropped();
      case BAD -> run.bad();
    };
  }

  private static String show(Object value) {
    if (!(value instanceof scala.collection.Seq<?> many)) {
      return value.toString();
    }
    return many.length() <= MAX_SHOWN_VALUES
        ? "[" + many.mkString(", ") + "]"
        : "[" + many.take(MAX_SHOWN_VALUES).mkString(", ") + ", … " + many.length() + " in all]";
  }

  private static String indent(String text) {
    String shown =
        text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + " […]";
    return shown.replace("\n", "\n     ");
  }
}
