import { html, xmlText, type Html } from './html.ts';

export interface JunitCase {
  suite: string;
  name: string;
  milliseconds: number;
  /** How it ended, if it did not pass. A failure is one of the product; after an error nothing is known of the product. */
  not?: { as: 'failure' | 'error' | 'skipped'; message: string; details?: string } | undefined;
}

/** A report for CI. */
export function junitXml(cases: readonly JunitCase[]): string {
  const suites = [...Map.groupBy(cases, ({ suite }) => suite)].map(([suite, its]) => {
    const count = (as: string): number => its.filter(({ not }) => not?.as === as).length;
    return html`<testsuite
      name="${suite}"
      tests="${its.length}"
      failures="${count('failure')}"
      errors="${count('error')}"
      skipped="${count('skipped')}"
      >${its.map(elementOf)}</testsuite
    >`;
  });
  return html`<testsuites>${suites}</testsuites>`.toString();
}

function elementOf({ suite, name, milliseconds, not }: JunitCase): Html {
  const content = not && html`<${not.as} message="${xmlText(not.message)}">${xmlText(not.details ?? '')}</${not.as}>`;
  return html`<testcase classname="${suite}" name="${xmlText(name)}" time="${milliseconds / 1_000}"
    >${content}</testcase
  >`;
}
