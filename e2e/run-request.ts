import { z } from 'zod';
import { exitCodes, HarnessError } from '../fleet/errors.ts';

const factor = z.number().min(1).default(1);

/** What a command tells the test runner, its workers and its reporters. Without a command, the defaults apply. */
const schema = z.strictObject({
  /** Folder for the reports, absolute or relative to the repository. */
  reports: z.string().default('reports'),
  /** The ids of the fleets, one for each worker. */
  runs: z.array(z.string()).readonly().default([]),
  /** Values that no report may contain, beside those of the fleets. */
  secrets: z.array(z.string()).readonly().default([]),
  engine: z.string().default('local'),
  /** The verdict is the only report. */
  quiet: z.boolean().default(false),
  headed: z.boolean().default(false),
  /** The fleet has a regression that every test must detect. */
  failuresExpected: z.boolean().default(false),
  /** Parts of the fleet that are older than this repository. */
  stale: z.array(z.string()).readonly().default([]),
  /** Options of `npm run e2e` that select the same fleet. */
  fleetOptions: z.array(z.string()).readonly().default([]),
  /** The command that runs these tests again, of which `--only <title>` runs one; absent: `npm run e2e`. */
  again: z.string().optional(),
  /** The ids of the tests to run, in their order; none: all, by file. */
  tests: z.array(z.string()).readonly().default([]),
  /** A sentence about the tests that were chosen, when they are not all. */
  scope: z.string().default(''),
  /** Which part of the suite this is (`1-of-2`). Its reports can be merged with those of the others. */
  part: z.string().optional(),
  /** Which cells of the matrix of faults are tried, a pattern of their names; absent: the worst ones of each fault. */
  matrix: z.string().optional(),
  /** Factors by which deadlines are longer, at least 1. */
  slowness: z
    .strictObject({
      /** How much slower this machine is than a quiet one. */
      machine: factor,
      /** How many tests share a core. */
      crowding: factor,
      /** How much slower a real Authentik responds than one on a quiet machine. */
      server: factor,
    })
    .prefault({}),
});

export type RunRequest = z.infer<typeof schema>;

const variable = 'E2E_REQUEST';

export const requestVariable = (request: z.input<typeof schema>): Record<string, string> => ({
  [variable]: JSON.stringify(request),
});

/** The request that this process was started with. A damaged one ends the process. */
export const runRequest: RunRequest = requestIn(process.env);

function requestIn({ [variable]: text = '{}' }: NodeJS.ProcessEnv): RunRequest {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    return refuse(`${variable} is not a request of this version: ${reason}. Run the suite with: npm run e2e`);
  }
}

/** Ends this process with a sentence. The test runner would print an error with its stack, and exit with 1. */
function refuse(sentence: string): never {
  process.stderr.write(`error ${sentence}\n`);
  process.exit(exitCodes.harnessFailed);
}

/** The global setup of the suite: it ends a test runner that no command has started. */
export default function requireFleets(): void {
  if (runRequest.runs.length === 0) refuse('The tests have no fleet. Run the suite with: npm run e2e');
}

/** The fleet of a worker. @throws HarnessError when there is none. */
export function runIdOf({ parallelIndex }: { parallelIndex: number }): string {
  const runId = runRequest.runs[parallelIndex];
  if (runId !== undefined) return runId;
  throw new HarnessError(`No fleet was named for worker ${parallelIndex}. Run the suite with: npm run e2e`);
}
