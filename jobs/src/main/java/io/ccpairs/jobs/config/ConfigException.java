package io.ccpairs.jobs.config;

/**
 * A setting that cannot be used. The message names the key, the value, the place it came from and
 * the nearest known key.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
