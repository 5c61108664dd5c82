import type { FullResult, TestCase } from '@playwright/test/reporter';
import { isHarnessFault } from './harness-fault.ts';
import { headline } from './headline.ts';
import { html, xmlText, type Html } from './html.ts';
import { outcomeOf, specOf } from './outcome.ts';

/** A run for CI. Playwright's own report takes each error that is no assertion of its matchers for one of the test. */
export function junitOf(all: readonly TestCase[], { startTime, duration }: FullResult): string {
  const suites = [...Map.groupBy(all, specOf)].map(([spec, tests]) => {
    const cases = tests.map(caseOf);
    const count = (element: string): number => cases.join('').split(`<${element} `).length - 1;
    return html`<testsuite
      name="${spec}"
      timestamp="${startTime.toISOString()}"
      tests="${cases.length}"
      failures="${count('failure')}"
      errors="${count('error')}"
      skipped="${count('skipped')}"
      >${cases}</testsuite
    >`;
  });
  return html`<testsuites time="${duration / 1_000}">${suites}</testsuites>`.toString();
}

/** A failure is one of the product; an error is one of the harness, after which nothing is known of the product. */
function caseOf(test: TestCase): Html {
  const { spec, title, status, message, harnessFault = message } = outcomeOf(test);
  const result = test.results.at(-1);
  const why = result?.annotations.find(({ type }) => type === 'skip')?.description ?? 'the run ended before';
  const said = xmlText([...new Set([message, harnessFault])].join('\n\n'));
  const failed = () =>
    isHarnessFault(harnessFault)
      ? html`<error message="${xmlText(headline(harnessFault))}">${said}</error>`
      : html`<failure message="${xmlText(headline(message))}">${said}</failure>`;
  const content =
    status === 'skipped' || status === 'not run' ? html`<skipped message="${xmlText(why)}" />` : !test.ok() && failed();
  return html`<testcase classname="${spec}" name="${xmlText(title)}" time="${(result?.duration ?? 0) / 1_000}"
    >${content}</testcase
  >`;
}
