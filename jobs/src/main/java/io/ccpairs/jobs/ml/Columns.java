package io.ccpairs.jobs.ml;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Checks and changes of schemas, with MLlib's manners. */
final class Columns {
  private Columns() {}

  /**
   * Checks that a column is there and holds text.
   *
   * @throws IllegalArgumentException when it is not, naming it
   */
  static void text(StructType schema, String column, String stage) {
    if (!schema.getFieldIndex(column).isDefined()) {
      throw new IllegalArgumentException(
          stage
              + ": column "
              + column
              + " does not exist; there are "
              + String.join(", ", schema.fieldNames()));
    }
    DataType type = schema.apply(column).dataType();
    if (!type.equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          stage + ": column " + column + " must be of type string, is " + type.simpleString());
    }
  }

  /**
   * The schema with one more column.
   *
   * @throws IllegalArgumentException when a column has that name
   */
  static StructType added(StructType schema, String column, DataType type, String stage) {
    if (schema.getFieldIndex(column).isDefined()) {
      throw new IllegalArgumentException(stage + ": output column " + column + " already exists");
    }
    return schema.add(column, type, true);
  }
}
