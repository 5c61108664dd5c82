import { startTraffic } from '../../e2e/models/traffic.ts';
import { bad, good, row, type ShowSymptom } from './symptom-context.ts';

const rate = 25;

/** Steady traffic during a rolling restart, second by second. */
export const rollout: ShowSymptom<{ path: string }> = async ({ app, fleet, person, say }, { path }) => {
  await app.signIn(person);
  const cookie = await app.cookieHeader();
  const traffic = startTraffic({ url: app.origin + path, cookie, rate, connection: 'close' }, fleet, 'repro');
  await traffic.more(rate);
  say(`\n${rate} requests a second of ${path} while ${app.name} restarts:\n`);
  await fleet.rollout(app.name, { revision: `r-${Date.now().toString(36)}` });
  await traffic.more(rate);
  const samples = await traffic.stop();

  const start = samples[0]?.at ?? 0;
  const seconds = Map.groupBy(samples, ({ at }) => Math.floor((at - start) / 1000));
  say(row(['second', 8], ['requests', 10], ['failed', 8], ['how', 40]));
  for (const [second, its] of [...seconds].toSorted(([a], [b]) => a - b)) {
    const failed = its.filter(({ status }) => status === 0 || status >= 400);
    const how = [...new Set(failed.map(({ status, error }) => error || String(status)))].join(', ');
    const count = failed.length > 0 ? bad(String(failed.length).padEnd(8)) : good('0'.padEnd(8));
    say(row([String(second), 8], [String(its.length), 10], [count, 8], [how, 40]));
  }
  const lost = samples.filter(({ status }) => status === 0 || status >= 400).length;
  say(`\n${lost} of ${samples.length} requests failed.`);
  return lost > 0;
};
