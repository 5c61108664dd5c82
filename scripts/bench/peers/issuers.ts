import { join } from 'node:path';
import Table from 'cli-table3';
import getPort from 'get-port';
import { repositoryRoot } from '../../../fleet/root.ts';
import { interruption } from '../../command/interruption.ts';
import { progress } from '../../command/run-command.ts';
import { inMebibytes, inMilliseconds, median, ratio, sum } from '../figures.ts';
import { residentBytes } from '../process-usage.ts';
import { answerAuthentik, answerOidcProvider, noPages } from './answer-pages.ts';
import { client, person } from './client.ts';
import { codeFlow, Profile, type AnswerPage, type Discovery } from './code-flow.ts';
import { startProgram, type RunningProgram } from './running-program.ts';

interface Issuer {
  name: string;
  script: string;
  env: Readonly<Record<string, string>>;
  discoveryPath: string;
  answerPage: AnswerPage;
}

const standardDiscoveryPath = '/.well-known/openid-configuration';

/** The first one is what the others are compared with. */
const candidates: readonly Issuer[] = [
  {
    name: 'mock Authentik',
    script: 'fixtures/authentik/main.ts',
    env: {
      CONTROL_PORT: '0',
      CONTROL_TOKEN: 'bench',
      AUTHENTIK_API_TOKEN: 'bench',
      AUTHENTIK_PROVIDERS: JSON.stringify([
        {
          slug: client.id,
          name: client.id,
          clientId: client.id,
          clientSecret: client.secret,
          redirectUris: [{ type: 'authorization', matching: 'strict', url: client.redirectUri }],
        },
      ]),
      AUTHENTIK_USERS: JSON.stringify([{ ...person, name: 'Ada', email: 'ada@dezky.example', groups: [] }]),
    },
    discoveryPath: `/application/o/${client.id}${standardDiscoveryPath}`,
    answerPage: answerAuthentik,
  },
  {
    name: 'oauth2-mock-server',
    script: 'scripts/bench/peers/start-oauth2-mock-server.ts',
    env: {},
    discoveryPath: standardDiscoveryPath,
    answerPage: noPages,
  },
  {
    name: 'oidc-provider',
    script: 'scripts/bench/peers/start-oidc-provider.ts',
    env: {},
    discoveryPath: standardDiscoveryPath,
    answerPage: answerOidcProvider,
  },
];

const starts = 5;
/** Each issuer is called for `slices` × `sliceMs` for each kind of flow. */
const slices = 5;
const sliceMs = 1_000;
/** Flows before the first measured one, for the compiler. */
const warmUps = 20;

/** An issuer that runs, and what was measured of it. */
interface Measured {
  issuer: Issuer;
  startMs: number[];
  flowMs: Record<FlowKind, number[]>;
  bytes: number;
}

/** Whose browser it is in each flow: somebody new, or somebody whom the issuer knows already. */
type FlowKind = 'newBrowser' | 'signedIn';

export async function issuers(): Promise<Table.Table> {
  const measured: Measured[] = candidates.map((issuer) => ({
    issuer,
    startMs: [],
    flowMs: { newBrowser: [], signedIn: [] },
    bytes: 0,
  }));
  progress(`  ${starts} starts of each …`);
  for (let start = 0; start < starts; start += 1) {
    for (const { issuer, startMs } of measured) {
      const begin = performance.now();
      const running = await startIssuer(issuer);
      startMs.push(performance.now() - begin);
      await running[Symbol.asyncDispose]();
    }
  }
  progress(`  flows at each for ${(2 * slices * sliceMs) / 1000} s, in turns …`);
  await measureFlows(measured);
  return tableOf(measured);
}

/** Starts an issuer and resolves at the first 200 of its discovery document. */
async function startIssuer({ script, env, discoveryPath }: Issuer): Promise<RunningProgram & { discovery: Discovery }> {
  const port = await getPort({ host: '127.0.0.1' });
  const program = startProgram(process.execPath, [join(repositoryRoot, script)], {
    cwd: repositoryRoot,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: String(port), ...env },
  });
  let discovery: Discovery | undefined;
  try {
    await program.waitUntil(async () => {
      const response = await fetch(`http://127.0.0.1:${port}${discoveryPath}`, { signal: interruption }).catch(
        () => {},
      );
      if (response?.status === 200) discovery = (await response.json()) as Discovery;
      return discovery !== undefined;
    });
    return { ...program, discovery: discovery! };
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

async function measureFlows(measured: readonly Measured[]): Promise<void> {
  await using running = new AsyncDisposableStack();
  const ready = [];
  for (const one of measured) {
    const { answerPage } = one.issuer;
    const { pid, discovery } = running.use(await startIssuer(one.issuer));
    const profile = new Profile();
    const flows: Record<FlowKind, () => Promise<string>> = {
      newBrowser: () => codeFlow(new Profile(), discovery, answerPage),
      signedIn: () => codeFlow(profile, discovery, answerPage),
    };
    for (let flow = 0; flow < warmUps; flow += 1) for (const run of Object.values(flows)) await run();
    ready.push({ one, pid, flows });
  }
  for (const kind of ['newBrowser', 'signedIn'] as const) {
    for (let slice = 0; slice < slices; slice += 1) {
      for (const { one, flows } of ready) one.flowMs[kind].push(...(await timesFor(sliceMs, flows[kind])));
    }
  }
  for (const { one, pid } of ready) one.bytes = residentBytes(pid);
}

/** Milliseconds of each run, one after the other, until the time is over. */
async function timesFor(ms: number, run: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (const end = performance.now() + ms; performance.now() < end;) {
    const begin = performance.now();
    await run();
    times.push(performance.now() - begin);
  }
  return times;
}

const perSecond = (times: readonly number[]): number => (times.length * 1000) / sum(times);

/** A row for each figure: how it is read, and how it is written. */
const figures: ReadonlyArray<{ name: string; of: (one: Measured) => number; text: (value: number) => string }> = [
  { name: `start, median of ${starts}`, of: ({ startMs }) => median(startMs), text: inMilliseconds },
  {
    name: 'flows of new browsers',
    of: ({ flowMs }) => perSecond(flowMs.newBrowser),
    text: (value) => `${value.toFixed(0)} /s`,
  },
  {
    name: 'flows of one signed in',
    of: ({ flowMs }) => perSecond(flowMs.signedIn),
    text: (value) => `${value.toFixed(0)} /s`,
  },
  { name: 'resident memory then', of: ({ bytes }) => bytes, text: inMebibytes },
];

function tableOf(measured: readonly Measured[]): Table.Table {
  const names = measured.map(({ issuer }) => issuer.name);
  const table = new Table({ head: ['', ...names], style: { head: [], border: [] } });
  for (const { name, of, text } of figures) {
    const values = measured.map(of);
    const [reference = Number.NaN] = values;
    table.push([name, ...values.map((value, index) => cell(text(value), index, ratio(value, reference)))]);
  }
  return table;
}

const cell = (text: string, index: number, times: string): string => (index === 0 ? text : `${text} (${times})`);
