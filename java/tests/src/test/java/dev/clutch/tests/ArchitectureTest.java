package dev.clutch.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What no reviewer should have to look for. */
@AnalyzeClasses(packages = "dev.clutch", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule NATIVES_ARE_IN_ONE_PACKAGE =
      noMethods()
          .that()
          .areDeclaredInClassesThat()
          .resideOutsideOfPackage("dev.clutch.internal")
          .should()
          .haveModifier(JavaModifier.NATIVE)
          .because("C mirrors the classes of that package, and of no other");

  @ArchTest
  static final ArchRule NATIVES_ARE_STATIC =
      methods()
          .that()
          .haveModifier(JavaModifier.NATIVE)
          .should()
          .beStatic()
          .because("C touches no Java object but in callbacks");

  @ArchTest
  static final ArchRule THE_FINDERS_LIBRARIES_STAY_WITH_IT =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.clutch.discovery..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.sun.jna..", "org.bytedeco..")
          .because("the core has no dependency, and finds CPythons through its SPI");
}
