import { appNames } from '../../apps/environment/apps.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { engineInUse, missingIn } from '../engine-in-use.ts';
import { leaksIn } from '../report/redact.ts';

/** Lines of each log, the last ones, that are read after a test. */
const tail = 500;

/** An e-mail address of a person. The logs name users by a hash. */
const address = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/;

/** Lines of the logs of the product that have a secret with a form of its own or an e-mail address, and which. */
async function leaksInLogs(fleet: Fleet): Promise<Map<string, string>> {
  const product = new Set<string>([...appNames, 'platform-api']);
  const pods = (await fleet.pods()).filter(({ deployment }) => product.has(deployment));
  const logs = await Promise.all(
    // A pod may end before its log is read.
    pods.map(async ({ name }) => ({ name, lines: await fleet.logs(name, { tail }).catch(() => []) })),
  );
  return new Map(
    logs.flatMap(({ name, lines }) =>
      lines.flatMap((line) => {
        const [kind] = [...leaksIn(line), ...(address.test(line) ? ['an e-mail address'] : [])];
        return kind === undefined ? [] : [[line, `${kind} in the log of ${name}`] as const];
      }),
    ),
  );
}

const hasLogs = (): boolean => missingIn(engineInUse(), ['store']).length === 0;

/** Worker fixture: the lines with secrets that an earlier test has provoked. */
export async function knownLeaks(
  { fleet }: { fleet: Fleet },
  use: (known: Set<string>) => Promise<void>,
): Promise<void> {
  await use(new Set(hasLogs() ? (await leaksInLogs(fleet)).keys() : []));
}

/**
 * After each test: no pod of the product may have logged a session cookie, a token, a code or an e-mail address, whatever
 * the test did. Secrets without a form of their own, as refresh tokens, are looked for by value (models/watched-app.ts).
 */
export async function silentLogs(
  { fleet, knownLeaks: known }: { fleet: Fleet; knownLeaks: Set<string> },
  use: () => Promise<void>,
): Promise<void> {
  await use();
  if (!hasLogs()) return;
  const leaks = [...(await leaksInLogs(fleet))].filter(([line]) => !known.has(line));
  for (const [line] of leaks) known.add(line);
  if (leaks.length > 0)
    throw new Error(`A secret was logged: ${[...new Set(leaks.map(([, where]) => where))].join(', ')}.`);
}
