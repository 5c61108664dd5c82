import type { Reporter, TestCase } from '@playwright/test/reporter';
import { runRequest } from '../run-request.ts';

/**
 * Gives Playwright the tests that the command has chosen, in the command's order, for which Playwright has no option. It
 * starts the tests of a file together, and files in the order of `allTests()`: it tells files apart by `_requireFile`, of
 * which each test that may run beside the others of its file gets a string object of its own. If a version does not have
 * that field, the files alone are in order.
 */
export default class OrderReporter implements Reporter {
  async preprocess({ suite, testRun }: Parameters<NonNullable<Reporter['preprocess']>>[0]): Promise<void> {
    const { tests: chosen } = runRequest;
    if (chosen.length === 0) return;
    for (const project of suite.suites) {
      const byId = new Map(project.allTests().map((test) => [test.id, test]));
      for (const [id, test] of byId) {
        if (!chosen.includes(id)) testRun.exclude(test);
        else if (testRun.mode(test.parent) === 'parallel') separate(test);
      }
      project.allTests = () => chosen.flatMap((id) => byId.get(id) ?? []);
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
