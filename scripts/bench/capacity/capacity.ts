import { contract, isSessionKey } from '../../../e2e/contract.ts';
import type { StoredKey } from '../../../e2e/fixtures/session-store.ts';
import { AuthentikControl } from '../../../fixtures/authentik/control/client.ts';
import { progress } from '../../command/run-command.ts';
import { benchFleet, storeOf } from '../bench-fleet.ts';
import { timesOf } from '../times.ts';
import { measuredApp, Visitors, type Visitor } from '../visitors.ts';
import { costWithout, refreshesPerHour, renewalMarginSeconds } from './forecast.ts';
import { sessionMemory } from './memory.ts';
import { Meter } from './meter.ts';
import { describeAssumptions, describeMemory, tableOfCosts, tableOfNeeds } from './tables.ts';

const requests = 200;
const people = 50;
/** A new process is slow until its code is compiled. */
const warmUps = 200;

/** `bench capacity`: what one session costs, and what many need. */
export async function capacity(): Promise<void> {
  await using fleet = await benchFleet();
  await using visitors = new Visitors(fleet);
  using held = await storeOf(fleet);
  const { store } = held;
  const meter = await Meter.on(fleet, store.db(contract.database));

  progress('The pods warm up …');
  const stored = await store.sessionOf(() => visitors.signIn());
  const signedIn: Visitor[] = [];
  const signIn = async () => signedIn.push(await visitors.signIn());
  const each = (act: (visitor: Visitor) => Promise<void>) => (index: number) =>
    act(signedIn[index % signedIn.length] as Visitor);
  const callApi = each((visitor) => visitor.callApi());
  const openPage = each((visitor) => visitor.openPage());
  const signOut = each((visitor) => visitor.signOut());
  await timesOf(people, signIn);
  await timesOf(warmUps, callApi);
  await timesOf(warmUps, openPage);
  await timesOf(people, signOut);
  signedIn.length = 0;

  progress(`${people} sign-ins …`);
  const perSignIn = await meter.costOf(people, () => timesOf(people, signIn));
  progress(`${requests} API calls and ${requests} pages …`);
  const perCall = await meter.costOf(requests, () => timesOf(requests, callApi));
  const perPage = await meter.costOf(requests, () => timesOf(requests, openPage));
  progress(`${people} refreshes and sign-outs …`);
  const keys: StoredKey[] = (await store.keys()).filter(({ key }) => isSessionKey(key) && key !== stored.key);
  for (const key of keys) await store.expireAccessToken(key);
  const perRefresh = costWithout(await meter.costOf(people, () => timesOf(people, callApi)), perCall);
  const perSignOut = await meter.costOf(people, () => timesOf(people, signOut));
  progress('1,000 copies of a session …');
  const memory = await sessionMemory(store, stored);

  const { accessTokenSeconds } = await new AuthentikControl(fleet.authentikControl).provider(measuredApp);
  const refreshes = refreshesPerHour(accessTokenSeconds);
  const costs = [
    ['API call', perCall],
    ['page', perPage],
    ['sign-in', perSignIn],
    ['refresh, without its API call', perRefresh],
    ['sign-out', perSignOut],
  ] as const;
  console.log(tableOfCosts(costs));
  console.log(describeMemory(memory));
  console.log(
    `A person who works all the time has ${refreshes.toFixed(1)} refreshes an hour: a token lasts ` +
      `${accessTokenSeconds} s and is renewed ${renewalMarginSeconds} s before its end.\n`,
  );
  console.log(describeAssumptions());
  console.log(
    tableOfNeeds({
      bytesPerSession: memory.bytes,
      apiCall: perCall,
      page: perPage,
      refresh: perRefresh,
      refreshesPerHour: refreshes,
    }),
  );
}
