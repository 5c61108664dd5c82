import { progress } from '../../command/run-command.ts';
import { benchFleet } from '../bench-fleet.ts';
import { interruptible } from '../interruptible.ts';
import { median } from '../figures.ts';
import { timesOf } from '../times.ts';
import { measuredApp, Visitors } from '../visitors.ts';
import type { Series } from './series.ts';

const replicaCounts = [2, 5, 10, 20];
const calls = 200;
/** A new process is slow at first; the cost of its later calls is asked for. */
const warmUpCallsPerPod = 50;
/** The edge and platform-api are new as well, and must not be slower for the first size than for the last. */
const warmUpCalls = 500;

/** The measured app with more and more replicas. */
export async function replicas(): Promise<Series[]> {
  await using fleet = await benchFleet();
  await using visitors = new Visitors(fleet);
  const visitor = await visitors.signIn();
  const seconds: Series = { cost: 's to start them', size: 'replicas', points: [] };
  const ms: Series = { cost: 'ms per balanced API call', size: 'replicas', points: [] };
  progress('The fleet warms up …');
  await timesOf(warmUpCalls, () => visitor.callApi());
  for (const size of replicaCounts) {
    progress(`${measuredApp} with ${size} replicas …`);
    // From none, so that the number of started pods is the size.
    await interruptible(fleet.scale(measuredApp, 0));
    const [start = 0] = await timesOf(1, () => fleet.scale(measuredApp, size));
    seconds.points.push({ size, cost: start / 1000 });
    await timesOf(size * warmUpCallsPerPod, () => visitor.callApi());
    ms.points.push({ size, cost: median(await timesOf(calls, () => visitor.callApi())) });
  }
  return [seconds, ms];
}
