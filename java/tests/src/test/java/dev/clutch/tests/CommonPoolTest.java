package dev.clutch.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** No task is left to the common pool, in tests neither. */
@AnalyzeClasses(packages = "dev.clutch")
class CommonPoolTest {
  @ArchTest
  static final ArchRule WHAT_MAY_WAIT_HAS_A_THREAD_OF_ITS_OWN =
      noClasses()
          .should()
          .callMethod(CompletableFuture.class, "runAsync", Runnable.class)
          .orShould()
          .callMethod(CompletableFuture.class, "supplyAsync", Supplier.class)
          .because("the common pool has one thread on a machine of two cores");
}
