package io.ccpairs.jobs.workspace;

import io.ccpairs.core.input.Lines;
import io.ccpairs.core.privacy.OptOut;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * An opt-out list with the file that it stands in. Its entries are nowhere written down: manifests
 * name the file.
 *
 * @param files the file; none where there is no list
 */
public record OptOutList(OptOut entries, List<Manifest.InputFile> files) {
  /** Nobody asked to be left out. */
  public static final OptOutList NONE = new OptOutList(OptOut.NONE, List.of());

  /**
   * Reads a list.
   *
   * @throws FileNotFoundException when it cannot be read or a line is wrong, naming file and line
   */
  public static OptOutList read(String place, Configuration configuration)
      throws FileNotFoundException {
    Path path = new Path(place);
    try {
      FileSystem files = path.getFileSystem(configuration);
      try (Lines lines = Lines.of("opt-out list " + place, files.open(path))) {
        return new OptOutList(
            OptOut.read(lines::next, place), List.of(TableStage.file(files, path)));
      }
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      throw (FileNotFoundException)
          new FileNotFoundException(
                  message.startsWith("Cannot")
                      ? message
                      : "Cannot read opt-out list " + place + ": " + message)
              .initCause(e);
    }
  }

  /** Files of a stage and, where there is one, the list. */
  public List<Manifest.InputFile> withFile(List<Manifest.InputFile> others) {
    List<Manifest.InputFile> all = new ArrayList<>(others);
    all.addAll(files);
    return all;
  }
}
