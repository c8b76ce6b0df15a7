package io.ccpairs.jobs.spark;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system, but Java sets the permissions. Without its native library, which
 * Spark does not bring, Hadoop starts a process ({@code chmod}) for every folder and two for every
 * file that it makes.
 */
public final class LocalDisk extends LocalFileSystem {
  private static final int PERMISSIONS = 0777;

  /** As Hadoop makes it, by the setting {@code fs.file.impl}. */
  public LocalDisk() {
    super(new Raw());
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      java.nio.file.Path file = java.nio.file.Path.of(makeQualified(path).toUri().getPath());
      if (permission.getStickyBit()
          || !file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
        super.setPermission(path, permission);
        return;
      }
      int mode = (int) Files.getAttribute(file, "unix:mode");
      int wanted = (mode & ~PERMISSIONS) | (permission.toShort() & PERMISSIONS);
      if (mode != wanted) {
        // A group that new files inherit from their folder stays, as chmod leaves it.
        Files.setAttribute(file, "unix:mode", wanted);
      }
    }
  }
}
