import type { RunReport } from './report.ts';

/** The most characters of texts with these names, and of any other. */
const limits: Readonly<Record<string, number>> = {
  message: 4_000,
  errors: 1_500,
  explanation: 2_000,
  title: 200,
  saw: 400,
};
const limitOfOthers = 300;
/** More errors outside of tests say nothing more. */
const maxErrors = 10;

/** A report in which no text is longer than a reader needs. What tests, apps and servers say has any length. */
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
