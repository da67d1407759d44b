package dev.clutch.mapping;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;

/** Puts our reader in front of Jackson's readers of beans, and in place of its others. */
final class ReaderModifier extends BeanDeserializerModifier {
  private static final long serialVersionUID = 1;

  @Override
  public JsonDeserializer<?> modifyDeserializer(
      DeserializationConfig config, BeanDescription description, JsonDeserializer<?> reader) {
    if (reader instanceof ValueReader) {
      return reader;
    }
    return reader instanceof BeanDeserializerBase
        ? new BeanReader(reader, description.getType())
        : Scalars.reader(description.getType());
  }
}
