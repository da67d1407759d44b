package dev.clutch.mapping;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import org.jspecify.annotations.Nullable;

/** Jackson's annotations without those that let the data name the class to make. */
final class MonomorphicIntrospector extends JacksonAnnotationIntrospector {
  private static final long serialVersionUID = 1;

  @Override
  protected @Nullable TypeResolverBuilder<?> _findTypeResolver(
      MapperConfig<?> config, Annotated annotated, JavaType baseType) {
    return null;
  }
}
