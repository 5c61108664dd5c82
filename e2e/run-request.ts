import { z } from 'zod';
import { HarnessError } from '../fleet/errors.ts';

const factor = z.number().min(1).default(1);

/** What a command tells the test runner, its workers and its reporters. Without a command, the defaults apply. */
const schema = z.strictObject({
  /** Folder for the reports, relative to the repository. */
  reports: z.string().default('reports'),
  /** The ids of the fleets, one for each worker. */
  runs: z.array(z.string()).readonly().default([]),
  /** Values that no report may contain, beside those of the fleets. */
  secrets: z.array(z.string()).readonly().default([]),
  engine: z.string().default('local'),
  /** The verdict is the only report. */
  quiet: z.boolean().default(false),
  /** Show the browser. */
  headed: z.boolean().default(false),
  /** The fleet has a regression that every test must detect. */
  failuresExpected: z.boolean().default(false),
  /** Parts of the fleet that are older than this repository. */
  stale: z.array(z.string()).readonly().default([]),
  /** Options of `npm run e2e` that select the same fleet. */
  fleetOptions: z.array(z.string()).readonly().default([]),
  /** When the command started, in milliseconds since 1970. */
  since: z.number().optional(),
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

/** The environment variable that carries a request. */
export const requestVariable = (request: z.input<typeof schema>): Record<string, string> => ({
  [variable]: JSON.stringify(request),
});

/** The request that this process was started with. */
export const runRequest: RunRequest = requestIn(process.env);

/** @throws HarnessError for a variable that does not hold a request. */
function requestIn({ [variable]: text = '{}' }: NodeJS.ProcessEnv): RunRequest {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new HarnessError(`${variable} is not a request of this version: ${reason}. Unset it: unset ${variable}`, {
      cause,
    });
  }
}

/** The fleet of a worker. @throws HarnessError when there is none. */
export function runIdOf({ parallelIndex }: { parallelIndex: number }): string {
  const runId = runRequest.runs[parallelIndex];
  if (runId !== undefined) return runId;
  throw new HarnessError(`No fleet was named for worker ${parallelIndex}. Run the suite with: npm run e2e`);
}
