import { contract } from '../../../e2e/contract.ts';
import { progress } from '../../command/run-command.ts';
import { benchFleet, storeOf } from '../bench-fleet.ts';
import { copiesOf } from '../copied-sessions.ts';
import { median } from '../figures.ts';
import { usedMemory } from '../redis-info.ts';
import { timesOf } from '../times.ts';
import { Visitors, type Visitor } from '../visitors.ts';
import type { Series } from './series.ts';

const sessionCounts = [10, 100, 1_000, 10_000];
const calls = 200;
/** The processes of the fleet are slow at first, which must not count for the first size. */
const warmUpCalls = 500;
/** People who sign in at each size and sign out again. They count as sessions. */
const people = 10;

/** A store with more and more sessions. */
export async function sessions(): Promise<Series[]> {
  await using fleet = await benchFleet();
  await using visitors = new Visitors(fleet);
  using held = await storeOf(fleet);
  const redis = held.store.db(contract.database);
  progress('The fleet warms up …');
  const { session: stored, person: first } = await held.store.signedIn(() => visitors.signIn());
  await timesOf(warmUpCalls, () => first.callApi());
  const addCopies = await copiesOf(held.store, stored);
  await redis.del(stored.key);
  const empty = await usedMemory(redis);

  const size = 'sessions in Redis';
  const call: Series = { cost: 'ms per API call', size, points: [] };
  const signOut: Series = { cost: 'ms per sign-out', size, points: [] };
  const bytes: Series = { cost: 'bytes of Redis per session', size, points: [] };
  let copies = 0;
  for (const count of sessionCounts) {
    progress(`${count} sessions …`);
    const signedIn: Visitor[] = [];
    await timesOf(people, async () => signedIn.push(await visitors.signIn()));
    // Not counted by keys, because a session has one for each of its names as well.
    await addCopies(count - people - copies);
    copies = count - people;
    bytes.points.push({ size: count, cost: ((await usedMemory(redis)) - empty) / count });
    const anyone = (index: number) => signedIn[index % people] as Visitor;
    call.points.push({ size: count, cost: median(await timesOf(calls, (index) => anyone(index).callApi())) });
    signOut.points.push({ size: count, cost: median(await timesOf(people, (index) => anyone(index).signOut())) });
  }
  return [call, signOut, bytes];
}
