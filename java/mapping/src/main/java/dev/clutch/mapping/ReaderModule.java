package dev.clutch.mapping;

import com.fasterxml.jackson.databind.module.SimpleModule;

/** Puts our readers before Jackson's own. */
final class ReaderModule extends SimpleModule {
  private static final long serialVersionUID = 1;

  @Override
  public void setupModule(SetupContext context) {
    context.addDeserializers(new Readers());
    context.addBeanDeserializerModifier(new ReaderModifier());
  }
}
