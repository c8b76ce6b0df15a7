package io.ccpairs.jobs.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException.Missing;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one call: {@code --set key=value} over files over the defaults in the code. Every
 * key is known beforehand; an unknown one stops the call and names its nearest neighbour.
 */
public final class Settings {
  /** Where a value stands that nobody has changed. */
  public static final String DEFAULT_ORIGIN = "default";

  private final List<Section<?>> sections;
  private final Config given;

  private Settings(List<Section<?>> sections, Config given) {
    this.sections = sections;
    this.given = given;
  }

  /**
   * Reads files and assignments, later ones over earlier ones, and checks every key and value.
   *
   * @param sections all that may be configured
   * @param files HOCON files ({@code key = value} lines are HOCON)
   * @param assignments {@code key=value} each
   * @throws ConfigException for an unreadable file, an unknown key, or a value that does not fit
   */
  public static Settings load(
      List<Section<?>> sections, List<Path> files, List<String> assignments) {
    Config merged = ConfigFactory.empty();
    for (Path file : files) {
      merged = read(file).withFallback(merged);
    }
    for (String assignment : assignments) {
      merged = assign(assignment).withFallback(merged);
    }
    Settings settings = new Settings(List.copyOf(sections), merged);
    settings.check();
    return settings;
  }

  /** The record of a section, with what was given over its defaults. */
  public <T extends Record> T get(Section<T> section) {
    return bind(section.path(), section.defaults());
  }

  /** One line of the effective configuration. */
  public record Entry(String key, String value, String defaultValue, String origin) {
    /** Whether the value is another than the default. */
    public boolean changed() {
      return !value.equals(defaultValue);
    }
  }

  /**
   * Every key with its value, its default and where the value came from, in the order of the keys.
   */
  public List<Entry> entries() {
    SortedMap<String, Object> defaults = new TreeMap<>();
    SortedMap<String, Object> effective = new TreeMap<>();
    for (Section<?> section : sections) {
      flatten(section.path(), section.defaults(), defaults);
      flatten(section.path(), bind(section.path(), section.defaults()), effective);
    }
    List<Entry> entries = new ArrayList<>();
    effective.forEach(
        (key, value) ->
            entries.add(
                new Entry(key, show(value), show(defaults.getOrDefault(key, "")), originOf(key))));
    return entries;
  }

  /** The effective values of the sections at or below a path, for fingerprints and manifests. */
  public SortedMap<String, String> effective(String path) {
    SortedMap<String, String> values = new TreeMap<>();
    for (Entry entry : entries()) {
      if (entry.key().startsWith(path + ".")) {
        values.put(entry.key(), entry.value());
      }
    }
    return values;
  }

  private static Config read(Path file) {
    File source = file.toFile();
    if (!source.isFile()) {
      throw new ConfigException(
          "Cannot read configuration "
              + file
              + ": there is no such file on this disk; to a driver on another machine ship it with"
              + " -- --files");
    }
    try {
      return ConfigFactory.parseFile(source, ConfigParseOptions.defaults().setAllowMissing(false))
          .resolve();
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException("Cannot read configuration " + file + ": " + e.getMessage());
    }
  }

  private static Config assign(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals <= 0) {
      throw new ConfigException("Cannot use --set " + assignment + ": write it as key=value");
    }
    String key = assignment.substring(0, equals).strip();
    String value = assignment.substring(equals + 1).strip();
    ConfigValue parsed;
    try {
      parsed = ConfigFactory.parseString("value = " + value).getValue("value");
    } catch (com.typesafe.config.ConfigException e) {
      // Text that means something in HOCON, such as a path with a colon, is taken as it stands.
      parsed = ConfigValueFactory.fromAnyRef(value);
    }
    try {
      return parsed.withOrigin(ConfigOriginFactory.newSimple("--set")).atPath(key);
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException("Cannot use --set " + assignment + ": " + key + " is not a key");
    }
  }

  private void check() {
    SortedMap<String, Object> known = new TreeMap<>();
    for (Section<?> section : sections) {
      flatten(section.path(), section.defaults(), known);
    }
    for (Map.Entry<String, ConfigValue> entry : given.entrySet()) {
      String key = String.join(".", ConfigUtil.splitPath(entry.getKey()));
      if (!known.containsKey(key)) {
        throw new ConfigException(
            "Unknown key "
                + key
                + " ("
                + entry.getValue().origin().description()
                + ")"
                + Nearest.hint(key, known.keySet()));
      }
    }
    for (Section<?> section : sections) {
      bind(section.path(), section.defaults());
    }
  }

  private String originOf(String key) {
    return given.hasPath(key) ? given.getValue(key).origin().description() : DEFAULT_ORIGIN;
  }

  private static void flatten(String path, Record record, Map<String, Object> into) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = read(record, component);
      String key = path + "." + dashed(component.getName());
      if (value instanceof Record nested) {
        flatten(key, nested, into);
      } else {
        into.put(key, value);
      }
    }
  }

  private <T extends Record> T bind(String path, T defaults) {
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      Object fallback = read(defaults, components[i]);
      String key = path + "." + dashed(components[i].getName());
      types[i] = components[i].getType();
      values[i] =
          fallback instanceof Record nested
              ? bind(key, nested)
              : value(key, components[i], fallback);
    }
    try {
      @SuppressWarnings("unchecked") // the canonical constructor of a record makes that record
      Constructor<T> constructor =
          (Constructor<T>) defaults.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ConfigException(
          "Cannot use the settings below " + path + ": " + cause.getMessage());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot bind " + defaults.getClass(), e);
    }
  }

  private Object value(String key, RecordComponent component, Object fallback) {
    if (!given.hasPath(key)) {
      return fallback;
    }
    Class<?> type = component.getType();
    try {
      if (type == int.class) {
        return whole(key, component, fallback, given.getInt(key));
      } else if (type == long.class) {
        return bytesOrLong(key, component, fallback);
      } else if (type == double.class) {
        return given.getDouble(key);
      } else if (type == boolean.class) {
        return given.getBoolean(key);
      } else if (type == String.class) {
        return given.getString(key);
      } else if (type.isEnum()) {
        return constant(key, type);
      } else if (type == List.class) {
        return list(key, component, fallback);
      }
    } catch (com.typesafe.config.ConfigException.WrongType
        | com.typesafe.config.ConfigException.BadValue e) {
      throw unfit(key, component, fallback);
    } catch (Missing e) {
      throw new ConfigException("Cannot use " + key + " (" + originOf(key) + "): it has no value");
    }
    throw new IllegalStateException("No way to write a " + type + " in a file: " + key);
  }

  private ConfigException unfit(String key, RecordComponent component, Object fallback) {
    return new ConfigException(
        "Cannot use "
            + key
            + " = "
            + given.getValue(key).render()
            + " ("
            + originOf(key)
            + "): expected "
            + word(component)
            + ", as in "
            + (fallback instanceof List<?> list ? example(component, list) : show(fallback)));
  }

  /** A list as it is written, with quotes where texts need them. */
  private static String example(RecordComponent component, List<?> list) {
    if (elements(component) == Integer.class) {
      return list.isEmpty() ? "[1, 2]" : show(list);
    }
    return ConfigValueFactory.fromIterable(list.isEmpty() ? List.of("a", "b") : list)
        .render(ConfigRenderOptions.concise());
  }

  /** The number as it was read, unless that lost a fraction. */
  private <N extends Number> N whole(
      String key, RecordComponent component, Object fallback, N number) {
    if (number.doubleValue() != given.getDouble(key)) {
      throw unfit(key, component, fallback);
    }
    return number;
  }

  /** Sizes may be written with a unit, as in {@code 32 MiB}. */
  private Object bytesOrLong(String key, RecordComponent component, Object fallback) {
    String text = given.getValue(key).unwrapped().toString();
    return given.getValue(key).valueType() == ConfigValueType.STRING
            && text.chars().anyMatch(Character::isLetter)
        ? given.getBytes(key)
        : whole(key, component, fallback, given.getLong(key));
  }

  private Object constant(String key, Class<?> type) {
    String word = given.getString(key);
    List<String> words = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      String name = ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (name.equals(word.toLowerCase(Locale.ROOT).replace('_', '-'))) {
        return constant;
      }
      words.add(name);
    }
    throw new ConfigException(
        "Cannot use "
            + key
            + " = "
            + word
            + " ("
            + originOf(key)
            + "): expected one of "
            + String.join(", ", words));
  }

  private Object list(String key, RecordComponent component, Object fallback) {
    if (elements(component) != Integer.class) {
      return List.copyOf(given.getStringList(key));
    }
    List<Integer> numbers = List.copyOf(given.getIntList(key));
    if (!numbers.stream().map(Integer::doubleValue).toList().equals(given.getDoubleList(key))) {
      throw unfit(key, component, fallback);
    }
    return numbers;
  }

  private static Type elements(RecordComponent component) {
    return ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
  }

  private static String word(RecordComponent component) {
    Class<?> type = component.getType();
    if (type == int.class || type == long.class) {
      return "a whole number";
    } else if (type == double.class) {
      return "a number";
    } else if (type == boolean.class) {
      return "true or false";
    }
    return type == List.class ? "a list" : "text";
  }

  private static Object read(Record record, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + component + " of " + record.getClass(), e);
    }
  }

  private static String show(@Nullable Object value) {
    if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    if (value instanceof Collection<?> many) {
      return many.stream().map(Settings::show).toList().toString();
    }
    return String.valueOf(value);
  }

  private static String dashed(String name) {
    StringBuilder dashed = new StringBuilder(name.length() + 4);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c)) {
        dashed.append('-');
      }
      dashed.append(Character.toLowerCase(c));
    }
    return dashed.toString();
  }
}
