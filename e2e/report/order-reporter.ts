import type { Reporter, TestCase } from '@playwright/test/reporter';
import { runRequest } from '../run-request.ts';

/**
 * Leaves out the tests that the command has not chosen, and starts the others in its order. Playwright starts the tests of
 * a file together, and files in the order of `allTests()`: it tells files apart by `_requireFile`, of which each test that
 * may run beside the others of its file gets a string object of its own. If a version does not have that field, the files
 * alone are in order.
 */
export default class OrderReporter implements Reporter {
  async preprocess({ suite, testRun }: Parameters<NonNullable<Reporter['preprocess']>>[0]): Promise<void> {
    const place = new Map(runRequest.tests.map((id, index) => [id, index]));
    if (place.size === 0) return;
    for (const test of suite.allTests()) if (!place.has(test.id)) testRun.exclude(test);
    for (const project of suite.suites) {
      const inFiles = project.allTests.bind(project);
      const placeOf = ({ id }: TestCase): number => place.get(id) ?? 0;
      project.allTests = () => inFiles().toSorted((a, b) => placeOf(a) - placeOf(b));
      for (const test of inFiles()) if (testRun.mode(test.parent) === 'parallel') separate(test);
    }
  }

  printsToStdio(): boolean {
    return false;
  }
}

const fileOfTest = '_requireFile';

function separate(test: TestCase & { [fileOfTest]?: unknown }): void {
  if (typeof test[fileOfTest] === 'string') test[fileOfTest] = Object(test[fileOfTest]);
}
