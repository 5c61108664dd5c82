import type { RunReport } from './report.ts';

/** Maximum number of characters of texts with these names, and of any other. */
const limits: Readonly<Record<string, number>> = {
  message: 4_000,
  errors: 1_500,
  explanation: 2_000,
  title: 200,
  saw: 400,
};
const limitOfOthers = 300;
/** More errors outside of tests add no information. */
const maxErrors = 10;

/** A report with limited texts, because the output of tests, apps and servers may have any length. */
export const bounded = ({ verdict, ...report }: RunReport): RunReport =>
  cut({ ...report, verdict: { ...verdict, errors: verdict.errors.slice(0, maxErrors) } }, limitOfOthers) as RunReport;

function cut(value: unknown, most: number): unknown {
  if (typeof value === 'string') return value.length > most ? `${value.slice(0, most)} …` : value;
  if (Array.isArray(value)) return value.map((each) => cut(each, most));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, cut(each, limits[name] ?? limitOfOthers)]),
  );
}
