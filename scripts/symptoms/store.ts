import { contract, hasWholeLifetime, sessionKeyPattern, sessionKeyShape } from '../../e2e/contract.ts';
import { bad, good, row, withStore, type ShowSymptom } from './symptom-context.ts';

/** The session that signing in leaves in Redis. */
export const store: ShowSymptom<object> = async ({ app, fleet, person, say }) => {
  const added = await withStore(fleet, (redis) => redis.sessionsAddedBy(() => app.signIn(person)));
  say(`\nWhat the sign-in of ${person.username} at ${app.name} added to Redis:\n`);
  say(row(['db', 4], ['key', 56], ['seconds to live', 16]));
  let faults = added.length === 1 ? 0 : 1;
  for (const { db, key, ttl } of added) {
    const marks = [db === contract.database, sessionKeyPattern(app.name).test(key), hasWholeLifetime(ttl)];
    faults += marks.filter((right) => !right).length;
    const paint = (text: string, index: number) => (marks[index] ? good(text) : bad(text));
    say(row([paint(String(db).padEnd(4), 0), 4], [paint(key.padEnd(56), 1), 56], [paint(String(ttl), 2), 16]));
  }
  if (added.length === 0) say(bad('nothing'));
  const { database, lifetimeSeconds, lifetimeDays } = contract;
  say(`\nRight is: db ${database}, ${sessionKeyShape(app.name)}, ${lifetimeSeconds} s (${lifetimeDays} days).`);
  return faults > 0;
};
