/** Makes Java records, enums, beans and typed collections of Python values. */
module dev.clutch.mapping {
  requires dev.clutch;
  requires static org.jspecify;
  requires com.fasterxml.jackson.databind;

  provides dev.clutch.spi.ValueMapper with
      dev.clutch.mapping.JacksonValueMapper;
}
