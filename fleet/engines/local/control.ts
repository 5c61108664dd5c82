/** What a command and the supervisor of its run say to each other. */
import { createServer, type Server } from 'node:http';
import { H3 } from 'h3';
import { toNodeHandler } from 'h3/node';
import { Agent, request } from 'undici';
import { requireToken } from '../../control-token.ts';
import { CannotRunHere, exitCodes, HarnessError, ProductFailed, ReportedError } from '../../errors.ts';
import type { SourcesOfChanges } from '../../manifests/changes.ts';
import type { KubeObject } from '../../manifests/objects.ts';
import type { DeploymentStatus, Pod } from '../../manifests/status.ts';
import { asHarnessError } from '../../run/file-system-fault.ts';
import { notUpYet, type RunState } from '../../run/state.ts';
import type { NetworkFault, TemplateChange } from '../shared/engine.ts';

/** The plan that the owner writes into the run's folder for the supervisor. It contains secrets: mode 0600. */
export interface SupervisorPlan {
  /** With the Secrets of the harness's own pods. */
  objects: readonly KubeObject[];
  imagesModule: string;
  builds: Record<string, string>;
  /** The changes that those were built with, in addition to the repository's own sources. */
  sources: SourcesOfChanges;
  /** Whether the run outlives its owner once the fleet is up. */
  detached: boolean;
  edge: { caFile: string; controlToken: string; spki: string };
}

export const planFile = 'plan.json';

/** From the supervisor to its owner while the fleet comes up, over Node's IPC channel. */
export type StartMessage = { type: 'progress'; line: string } | { type: 'up' } | { type: 'failed'; error: SentError };

interface SentError {
  message: string;
  exitCode: number;
}

/** A TemplateChange whose sources are built. `build`: folder that holds `.output`. */
export type BuiltChange = Omit<TemplateChange, 'sources'> & { build?: string };

interface Snapshot {
  deployments: DeploymentStatus[];
  pods: Pod[];
  services: Record<string, { host: string; port: number }>;
}

/** The control API: `POST /<name>` with a JSON list of parameters and a bearer token. */
export interface SupervisorCalls {
  status(): Snapshot;
  scale(deployment: string, replicas: number): Promise<void>;
  rollout(deployment: string, change: BuiltChange): Promise<void>;
  kill(pod: string, signal: NodeJS.Signals): Promise<void>;
  deletePod(pod: string): Promise<void>;
  setNetworkFault(service: string, fault?: NetworkFault): void;
  /** Ends that process, and its children, when the run ends. */
  adopt(pid: number): void;
  /** Ends the run. `caller` and its ancestors are not ended, even when adopted. */
  down(caller: number): Promise<void>;
}
type CallName = keyof SupervisorCalls;

/**
 * Serves the control API. A response is sent when the work is done, so a rollout's request stays open until the rollout
 * ends.
 * @param onFault called with errors that are not a ReportedError.
 */
export function controlServer(token: string, calls: SupervisorCalls, onFault: (error: unknown) => void): Server {
  const app = new H3({
    silent: true,
    onError: ({ unhandled, cause, message, status }) => {
      const error = unhandled ? cause : new HarnessError(message);
      if (!(error instanceof ReportedError)) onFault(error);
      return Response.json(sentErrorOf(error), { status });
    },
  });
  app.use(requireToken('the supervisor', token, 'control.token of state.json'));
  for (const [name, perform] of Object.entries(calls) as Array<[CallName, (...parameters: unknown[]) => unknown]>) {
    app.post(`/${name}`, async ({ req }) =>
      Response.json((await perform(...((await req.json()) as unknown[]))) ?? null),
    );
  }
  const server = createServer(toNodeHandler(app));
  server.keepAliveTimeout = 1_000;
  return server;
}

/**
 * Calls the supervisor of a run. There is no timeout except for `down`, after which the caller kills the processes.
 * @param run `endMs`: timeout of `down` in milliseconds; longer than the termination grace period of the pods.
 */
export async function call<Name extends CallName>(
  { runId, control, endMs = 60_000 }: Pick<RunState, 'runId' | 'control'> & { endMs?: number },
  name: Name,
  ...parameters: Parameters<SupervisorCalls[Name]>
): Promise<Awaited<ReturnType<SupervisorCalls[Name]>>> {
  if (!control) throw notUpYet(runId);
  const headersTimeout = name === 'down' ? endMs : 0;
  const { ok, answer } = await post(`${control.url}/${name}`, control.token, parameters, headersTimeout).catch(
    (cause: Error) => {
      throw new HarnessError(
        `The supervisor of ${runId} does not answer at ${control.url}/${name} (${cause.message}). See what is left with: npm run fleet -- list`,
        { cause },
      );
    },
  );
  if (ok) return answer as Awaited<ReturnType<SupervisorCalls[Name]>>;
  throw errorFrom(answer as SentError);
}

/** Past a proxy of this user, and for as long as a rollout takes. */
const direct = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

async function post(
  url: string,
  token: string,
  content: unknown,
  headersTimeout: number,
): Promise<{ ok: boolean; answer: unknown }> {
  const { statusCode, body } = await request(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(content),
    dispatcher: direct,
    headersTimeout,
    // A connection of its own.
    reset: true,
  });
  return { ok: statusCode === 200, answer: await body.json() };
}

export function sentErrorOf(thrown: unknown): SentError {
  const error = asHarnessError(thrown);
  if (error instanceof ReportedError) return { message: error.message, exitCode: error.exitCode };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), exitCode: 2 };
}

/** An error of the supervisor, as the same class of error here. */
export function errorFrom({ message, exitCode }: SentError): ReportedError {
  if (exitCode === exitCodes.productFailed) return new ProductFailed(message);
  return exitCode === exitCodes.cannotRunHere ? new CannotRunHere(message) : new HarnessError(message);
}
