import { join, relative, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type {
  TestCase,
  TestError,
  TestResult,
  TestStep,
  JSONReport,
  JSONReportSpec,
  JSONReportSuite,
} from '@playwright/test/reporter';
import type { Capability } from '../../fleet/engines/shared/capabilities.ts';
import { notApplicable } from '../not-applicable.ts';
import { isHarnessFault } from './harness-fault.ts';

export interface ListedTest {
  /** Relative to `e2e/`. */
  spec: string;
  /** `describe title: test title`. */
  title: string;
  /** The line of its `test()` call, which tests in a loop share. */
  line: number;
  /** Without the `@`: names of regressions. */
  tags: readonly string[];
  /** Ids of the requirements of standards that it shows, by its annotations. */
  requirements: readonly string[];
}

export interface TestOutcome extends ListedTest {
  /** `not run`: the run ended before the test did. */
  status: 'passed' | 'failed' | 'skipped' | 'not run';
  /** The capabilities that the test declared; absent when it ended or was skipped before that. */
  needs?: readonly Capability[];
  /** It was skipped because its claim is not about this app. */
  isNotApplicable?: true;
  /** When its last attempt ended, in milliseconds since 1970; 0: it did not run. */
  endedAt: number;
  /** When its last attempt started, and on the fleet of which worker; absent when it did not run. */
  ran?: { startedAt: number; worker: number };
  /** The first error without colour codes; empty without an error. */
  message: string;
  /** A harness fault after the first error, which invalidates the result of the test. */
  harnessFault?: string;
  /** Origin of the first error: the body of the test, or a hook or fixture. */
  from: 'test' | 'hook';
  /** Where its first error was thrown and passed, below `e2e/`: `session/cookie.spec.ts:12:9`. */
  at: readonly string[];
}

export const needsAnnotation = 'needs';
/** A requirement of a standard that a test shows. */
export const requirementAnnotation = 'requirement';
/** A cell of a table that a test tried, and what was seen: `Redis hangs: in a call: 503`. */
export const cellAnnotation = 'cell';
/** What a failed test had changed in its fleet. */
export const leftAnnotation = 'left';

/** Whether a test has a result. Without one, the run ended before the test did. */
export const hasEnded = ({ results }: Pick<TestCase, 'results'>): boolean =>
  results.some(({ status }) => status !== 'interrupted');

const suiteFolder = join(import.meta.dirname, '..');

/** The test's file, relative to `e2e/`. */
export const specOf = ({ location }: TestCase): string => relative(suiteFolder, location.file).replaceAll(sep, '/');

/** The requirements that annotations name. */
export const requirementsIn = (annotations: TestCase['annotations']): string[] =>
  annotations.flatMap(({ type, description }) => (type === requirementAnnotation ? (description ?? []) : []));

/** `describe title: test title`, without the titles of the project and the file. */
export const titleOf = (test: TestCase): string => test.titlePath().slice(3).join(': ');

export function outcomeOf(test: TestCase): TestOutcome {
  const result = test.results.at(-1);
  const needs = result?.annotations.find(({ type }) => type === needsAnnotation)?.description;
  const [message = '', ...later] = (result?.errors ?? []).map((error) => stripVTControlCharacters(error.message ?? ''));
  const harnessFault = later.find(isHarnessFault);
  return {
    spec: specOf(test),
    title: titleOf(test),
    line: test.location.line,
    tags: test.tags.map((tag) => tag.replace(/^@/, '')),
    requirements: requirementsIn(test.annotations),
    status: result && hasEnded(test) ? statusOf[result.status] : 'not run',
    endedAt: result ? result.startTime.getTime() + result.duration : 0,
    ...(result ? { ran: { startedAt: result.startTime.getTime(), worker: result.parallelIndex } } : {}),
    ...(result?.annotations.some(({ type }) => type === notApplicable) ? { isNotApplicable: true as const } : {}),
    ...(needs === undefined ? {} : { needs: needs.split(' ').filter(Boolean) as Capability[] }),
    message,
    ...(harnessFault === undefined ? {} : { harnessFault }),
    from: result && isOfHook(result) ? 'hook' : 'test',
    at: positionsIn(result?.errors[0]),
  };
}

/** The positions in the stack of an error of the product that are in the suite, each once. */
function positionsIn({ message = '', stack = '' }: TestError = {}): string[] {
  if (isHarnessFault(stripVTControlCharacters(message))) return [];
  const positions = [...stripVTControlCharacters(stack).matchAll(/^ +at (?:.* \()?(\/.+?:\d+:\d+)\)?$/gm)]
    .map(([, position = '']) => relative(suiteFolder, position).replaceAll(sep, '/'))
    .filter((position) => !position.startsWith('../'));
  return [...new Set(positions)];
}

/** The actual status, even where a failure is expected. */
const statusOf: Record<TestResult['status'], TestOutcome['status']> = {
  passed: 'passed',
  failed: 'failed',
  timedOut: 'failed',
  interrupted: 'not run',
  skipped: 'skipped',
};

/** Whether the first error came from a hook or a fixture: then it is in Playwright's own step for it. */
function isOfHook({ errors: [first], steps }: TestResult): boolean {
  const failed = (step: TestStep): boolean => step.error !== undefined && step.error.message === first?.message;
  return first !== undefined && steps.some((step) => step.category === 'hook' && failed(step));
}

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
