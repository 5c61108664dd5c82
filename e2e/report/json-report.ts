import type { JSONReport, JSONReportSpec, JSONReportSuite } from '@playwright/test/reporter';

/** A test of a report by the runner, with the titles of the groups around it. */
export interface ReportedSpec {
  path: readonly string[];
  spec: JSONReportSpec;
}

export const specsIn = ({ suites }: Pick<JSONReport, 'suites'>): ReportedSpec[] =>
  // The outermost groups are the files.
  suites.flatMap((file) => specsOf(file, []));

const specsOf = ({ specs, suites = [] }: JSONReportSuite, path: readonly string[]): ReportedSpec[] => [
  ...specs.map((spec) => ({ path, spec })),
  // A group without a title is not part of the path, as in Playwright's titlePath().
  ...suites.flatMap((inner) => specsOf(inner, inner.title ? [...path, inner.title] : path)),
];
