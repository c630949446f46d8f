import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with one plain line that any CI can read: `N passed, N failed, N skipped`. */
export default class LastLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      let tests = 0;
      for (const test of module.children.allTests()) {
        counts[test.result().state] += 1;
        tests += 1;
      }
      // A file that could not even be collected has no tests to count as failed.
      if (tests === 0 && !module.ok()) counts.failed += 1;
    }
    const { passed, failed, skipped, pending } = counts;
    process.once('exit', () =>
      process.stdout.write(`${passed} passed, ${failed + pending} failed, ${skipped} skipped\n`),
    );
  }
}
