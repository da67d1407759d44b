package dev.clutch.mapping;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.type.ArrayType;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.databind.type.MapType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Chooses the readers of all types but beans. */
final class Readers extends Deserializers.Base {
  @Override
  public @Nullable JsonDeserializer<?> findBeanDeserializer(
      JavaType type, DeserializationConfig config, BeanDescription description) {
    Class<?> raw = type.getRawClass();
    if (raw == Optional.class) {
      return new OptionalReader(type);
    }
    if (raw == Iterable.class) {
      return new ValueReader(type, Containers.toCollection(type, type.containedTypeOrUnknown(0)));
    }
    return type.isPrimitive() || raw.getName().startsWith("java.") ? Scalars.reader(type) : null;
  }

  @Override
  public JsonDeserializer<?> findEnumDeserializer(
      Class<?> raw, DeserializationConfig config, BeanDescription description) {
    JavaType type = config.constructType(raw);
    return new ValueReader(type, (value, context) -> Scalars.constant(value, type));
  }

  @Override
  public JsonDeserializer<?> findArrayDeserializer(
      ArrayType type,
      DeserializationConfig config,
      BeanDescription description,
      @Nullable TypeDeserializer elementTypeReader,
      @Nullable JsonDeserializer<?> elementReader) {
    return new ValueReader(type, Containers.toArray(type));
  }

  @Override
  public JsonDeserializer<?> findCollectionDeserializer(
      CollectionType type,
      DeserializationConfig config,
      BeanDescription description,
      @Nullable TypeDeserializer elementTypeReader,
      @Nullable JsonDeserializer<?> elementReader) {
    return new ValueReader(type, Containers.toCollection(type, type.getContentType()));
  }

  @Override
  public JsonDeserializer<?> findMapDeserializer(
      MapType type,
      DeserializationConfig config,
      BeanDescription description,
      @Nullable KeyDeserializer keyReader,
      @Nullable TypeDeserializer elementTypeReader,
      @Nullable JsonDeserializer<?> elementReader) {
    return new ValueReader(type, Containers.toMap(type));
  }
}
