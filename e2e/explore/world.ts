import { appNames, forEachApp, type AppName } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { agentThrough, EdgeClient } from '../../fleet/edge/client.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { manifestsOfRun } from '../../fleet/run/records.ts';
import { until, type UntilOptions } from '../../fleet/until.ts';
import {
  HttpBrowser,
  NoResponse,
  type BrowserRequest,
  type BrowserResponse,
} from '../../fixtures/authentik/browser/http-browser.ts';
import { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { groups } from '../../fixtures/people.ts';
import { randomPerson, type Person } from '../../fixtures/person.ts';
import { contract, isLockKey, isSessionKey, lockKeyOf, nameKeyPatterns, sessionKeyOf } from '../contract.ts';
import { SessionKeys, type StoredEntryKey, type StoredKey } from '../models/session-store.ts';
import { AuthentikAdmin } from '../claims/authentik-admin.ts';
import { sessionIdIn, sessionSecretOf } from '../models/sealed-cookie.ts';
import { twoPods } from '../claims/two-pods.ts';
import { apiHeaders } from '../claims/web-app.ts';
import { answerIn, noAnswer, type Answer } from '../matchers/answers.ts';
import {
  Model,
  browserNames,
  peopleNames,
  Violation,
  type BrowserName,
  type ModelSession,
  type PersonName,
  type Place,
  type PodIndex,
} from './model.ts';

/** A response with everything that the invariants check. */
export interface Received extends Required<Answer>, Pick<BrowserResponse, 'headers' | 'setCookie' | 'body'> {
  /** Milliseconds from the request to the end of the body. */
  ms: number;
}

/** The result of a request that began then. Without a response its status is 0. */
function receivedFrom(
  { method = 'GET', url }: BrowserRequest & { url: string },
  result: BrowserResponse | NoResponse,
  begin: number,
): Received {
  const ms = performance.now() - begin;
  if (result instanceof NoResponse)
    return { ...noAnswer(method, url, result.cause as Error), headers: {}, setCookie: [], body: '', ms };
  const { status, headers, setCookie, body } = result;
  return { ...answerIn({ status, method, url, headers, body }), headers, setCookie, body, ms };
}

export interface WorldOptions {
  /** Marks its requests in the ledger. */
  clientId: string;
  /** Milliseconds within which every request must get a response. */
  maxAnswerMs: number;
}

/** The harness's data about a session: its cookie, and its key in Redis. */
interface SessionHandle extends StoredEntryKey {
  cookie: string;
}

/** How long the harness waits for a pod to be Ready, in milliseconds. */
const readyMs = 90_000;
/** Longer than any token request here takes, including the time in which a pod stores the tokens. */
const renewalMs = 15_000;

/** How to wait for something of the product. @param failure what is the case when it does not come: a sentence without its end. */
const inTime = (timeoutMs: number, failure: string): UntilOptions => ({
  timeoutMs,
  intervalMs: 25,
  failure: () => new Violation(`${failure} within ${timeoutMs / 1000} s.`),
});

/** A fleet with two users and their browsers, which the steps change and observe. */
export class World implements AsyncDisposable {
  readonly fleet: Fleet;
  readonly authentik: AuthentikControl;
  readonly admin: AuthentikAdmin;
  readonly options: WorldOptions;
  readonly store: SessionKeys;
  readonly #edge: EdgeClient;
  /** The responses of the apps since the last step. */
  readonly answers: Received[] = [];
  logCursor = 0;
  readonly #agent: ReturnType<typeof agentThrough>;
  readonly #secrets: Readonly<Record<AppName, string>>;
  readonly #handles = new Map<ModelSession, SessionHandle>();
  /** Of the sequence that is under way. */
  model!: Model;
  browsers!: Readonly<Record<BrowserName, HttpBrowser>>;
  people = {} as Readonly<Record<PersonName, Person>>;
  readonly #foreign: ReadonlySet<string>;
  readonly #undo = new AsyncDisposableStack();
  readonly #pods = new Map<AppName, readonly [string, string]>();

  private constructor(fleet: Fleet, options: WorldOptions, store: SessionKeys, foreign: ReadonlySet<string>) {
    this.fleet = fleet;
    this.options = options;
    this.store = this.#undo.use(store);
    this.#foreign = foreign;
    const manifests = manifestsOfRun(fleet.runId);
    this.#secrets = forEachApp(({ name }) => sessionSecretOf(name, manifests));
    this.#agent = this.#undo.adopt(agentThrough(fleet.edge), (agent) => agent.close());
    this.admin = new AuthentikAdmin(fleet, this.#agent);
    this.authentik = new AuthentikControl(fleet.authentikControl);
    this.#edge = new EdgeClient(fleet.edge);
  }

  /** Its Authentik rotates at each refresh, which is the strictest setting. */
  static async on(fleet: Fleet, options: WorldOptions): Promise<World> {
    const store = new SessionKeys(await fleet.reach('dezky-data', 6379));
    const world = new World(fleet, options, store, new Set(await store.keyNames()));
    for (const app of appNames) {
      const { refreshThresholdSeconds } = await world.authentik.provider(app);
      world.#undo.defer(async () => void (await world.authentik.changeProvider(app, { refreshThresholdSeconds })));
      await world.authentik.changeProvider(app, { refreshThresholdSeconds: 0 });
    }
    world.#undo.defer(() => world.#clear());
    return world;
  }

  /** Starts a sequence: new users with new browsers, no sessions, no faults. */
  async begin(model = new Model()): Promise<void> {
    await this.#clear();
    this.model = model;
    this.browsers = recordOf(browserNames, () => this.#newBrowser());
    this.people = recordOf(peopleNames, () => randomPerson(this.fleet.hosts.mail, Object.values(groups)));
    for (const person of Object.values(this.people)) await this.authentik.createUser(person);
    this.logCursor = (await this.authentik.requests({ after: Number.MAX_SAFE_INTEGER })).next;
    this.answers.length = 0;
  }

  async #clear(): Promise<void> {
    await this.authentik.clearFaults();
    await this.authentik.setClock(0);
    await this.storeIsBack();
    await this.noRenewals();
    const own = await this.storedSessions();
    await Promise.all(own.map(({ db, key }) => this.store.db(db).del(key)));
    this.#handles.clear();
    for (const { username } of Object.values(this.people)) await this.authentik.deleteUser(username);
    this.people = {} as typeof this.people;
  }

  /**
   * Resolves when every part that belongs to the harness responds: the supervisor, the edge, the mock and Redis.
   * @throws HarnessError or MockError that names the part.
   */
  async checkFleet(): Promise<void> {
    // The supervisor first: the other parts end with it.
    await this.fleet.pods();
    await this.#edge.cursor();
    await this.authentik.requests({ after: Number.MAX_SAFE_INTEGER });
    await this.storeIsBack();
  }

  originOf(app: AppName): string {
    return httpsOf(this.fleet.hosts[app]);
  }

  handleOf(session: ModelSession): SessionHandle {
    return this.#handles.get(session)!;
  }

  /** Stores the cookie of a session that a browser has just received. */
  async remember(session: ModelSession): Promise<void> {
    const sealed = this.browsers[session.browser].cookies(this.originOf(session.app)).get(contract.sessionCookie);
    if (sealed === undefined) throw new Violation(`Signing in to ${session.app} gave the browser no session cookie.`);
    const id = await sessionIdIn(decodeURIComponent(sealed), this.#secrets[session.app]).catch((error: Error) => {
      throw new Violation(`The session cookie of ${session.app} does not open with its secret: ${error.message}`);
    });
    this.#handles.set(session, {
      cookie: `${contract.sessionCookie}=${sealed}`,
      db: contract.database,
      key: sessionKeyOf(session.app, id),
    });
  }

  /** A request of a browser to an app, pinned to a pod if named. */
  async request(
    { browser, app }: Place,
    path: string,
    { pod, headers, ...options }: BrowserRequest & { pod?: PodIndex } = {},
  ): Promise<Received> {
    const url = this.originOf(app) + path;
    const pinnedTo = pod === undefined ? undefined : (await this.podsOf(app))[pod];
    const request = { headers: { ...apiHeaders(pinnedTo), ...headers }, ...options };
    const begin = performance.now();
    const result = await this.browsers[browser].send(url, request).catch((error: NoResponse) => error);
    return receivedFrom({ ...request, url }, result, begin);
  }

  /** The Ready pods of an app, cached until {@link whilePodsChange}. */
  async podsOf(app: AppName): Promise<readonly [string, string]> {
    const pods = this.#pods.get(app) ?? (await twoPods(this.fleet, app));
    this.#pods.set(app, pods);
    return pods;
  }

  /** Runs work that ends or stops pods. Resolves or rejects when every pod of every app responds again. */
  async whilePodsChange(work: () => Promise<void>): Promise<void> {
    try {
      await Promise.all(appNames.map((app) => this.podsOf(app)));
      await work();
    } finally {
      this.#pods.clear();
      for (const app of appNames) for (const pod of await this.podsOf(app)) await this.#isServing(app, pod);
      this.answers.length = 0;
    }
  }

  async #isServing(app: AppName, pod: string): Promise<void> {
    const probe = this.#newBrowser();
    const answered = () =>
      probe.send(`${this.originOf(app)}/api/_health/ready`, { headers: { 'x-edge-pin': pod } }).then(
        ({ status }) => status === 200,
        () => false,
      );
    await until(answered, inTime(readyMs, `${pod} is Ready and does not serve`));
  }

  async storeIsBack(): Promise<void> {
    const answers = () =>
      this.store.keys().then(
        () => true,
        () => false,
      );
    await until(answers, {
      timeoutMs: readyMs,
      intervalMs: 50,
      failure: () =>
        new HarnessError(`Redis does not come back within ${readyMs / 1000} s. See: npm run fleet -- logs`),
    });
  }

  /** The sessions that this world's sign-ins left in Redis. */
  async storedSessions(): Promise<StoredKey[]> {
    return (await this.store.keys()).filter(({ key }) => !this.#foreign.has(key) && isSessionKey(key));
  }

  /** The keys of the sessions that are in the index by `sid` and `sub` now, whether they are stored or not. */
  async namedSessions(): Promise<ReadonlySet<string>> {
    const now = Date.now() / 1000;
    const redis = this.store.db(contract.database);
    const found = await Promise.all(
      appNames.map(async (app) => {
        const names = await this.#nameKeys(app);
        const ids = await Promise.all(names.map((key) => redis.zrange(key, now, '+inf', 'BYSCORE')));
        return ids.flat().map((id) => sessionKeyOf(app, id));
      }),
    );
    return new Set(found.flat());
  }

  /** Expires a session in Redis: its key is removed, and its index entries are expired. */
  async expire(session: ModelSession): Promise<void> {
    const { key } = this.handleOf(session);
    const id = key.slice(sessionKeyOf(session.app, '').length);
    const redis = this.store.db(contract.database);
    await redis.del(key);
    for (const name of await this.#nameKeys(session.app)) await redis.zadd(name, 'XX', 1, id);
  }

  async #nameKeys(app: AppName): Promise<string[]> {
    return (await this.store.keyNames()).filter((key) => nameKeyPatterns(app).some((pattern) => pattern.test(key)));
  }

  /** Resolves when no pod refreshes any tokens. */
  async noRenewals(): Promise<void> {
    await until(
      async () => !(await this.store.keyNames()).some(isLockKey),
      inTime(renewalMs, `A refresh has not ended`),
    );
  }

  /** Resolves when a pod refreshes the tokens of a session, or the call that needs them is answered. */
  async renewing(session: ModelSession, call: Promise<unknown>): Promise<void> {
    let isAnswered = false;
    void call.finally(() => (isAnswered = true));
    const lock = lockKeyOf(this.handleOf(session).key);
    await until(
      async () => isAnswered || (await this.store.db(contract.database).exists(lock)) === 1,
      inTime(renewalMs, `A call is neither answered nor renews tokens`),
    );
  }

  /** Resolves when Authentik has answered a user's refresh after this cursor of its log, and the tokens are stored. */
  async renewed(user: string, after: number): Promise<void> {
    const isAnswered = async (): Promise<boolean> => {
      const { requests } = await this.authentik.requests({ after, user });
      return requests.some(({ grantType }) => grantType === 'refresh_token');
    };
    await until(isAnswered, inTime(renewalMs, `Tokens are due, and no app has asked Authentik`));
    await this.noRenewals();
  }

  /** Makes the tokens of a session due. */
  async makeDue(session: ModelSession): Promise<void> {
    // While no pod changes what is stored.
    await this.noRenewals();
    await this.store.expireAccessToken(this.handleOf(session));
    session.due = true;
  }

  /** Moves the last use of a session back by this many seconds. */
  async age(session: ModelSession, seconds: number): Promise<void> {
    await this.noRenewals();
    await this.store.age(this.handleOf(session), seconds);
  }

  #newBrowser(): HttpBrowser {
    const apps = new Set(appNames.map((app) => this.originOf(app)));
    return new HttpBrowser({
      dispatcher: this.#agent,
      headers: { 'x-edge-client': this.options.clientId },
      // Longer than the limit, to show whether a slow request gets a response at all.
      timeoutMs: 2 * this.options.maxAnswerMs,
      observer: (request) => {
        const begin = performance.now();
        return (result) => {
          if (!apps.has(new URL(request.url).origin)) return;
          this.answers.push(receivedFrom(request, result, begin));
        };
      },
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#undo.disposeAsync();
  }
}

const recordOf = <Name extends string, Value>(names: readonly Name[], valueOf: () => Value) =>
  Object.fromEntries(names.map((name) => [name, valueOf()])) as Record<Name, Value>;
