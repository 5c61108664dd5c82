import { expect, test } from 'vitest';
import { engineOf } from '../../fleet/engines/engines.ts';
import { reasonsFor } from './classify.ts';
import { investigate } from './investigate.ts';
import { storyOf } from './story.ts';
import { callBy, exchanges, signInBy } from './testing/exchanges.ts';

test('a fault that the catalogue does not have is refused before a fleet starts', async () => {
  const engine = { ...engineOf('local'), up: () => Promise.reject(new Error('A fleet was started.')) };
  const story = storyOf(exchanges([signInBy('operator-1-a'), callBy('operator-1-b', 1, 401)]));
  await expect(investigate(story, reasonsFor(story), { seed: 1, faults: ['memory-sesions'], engine })).rejects.toThrow(
    'There is no regression "memory-sesions". Did you mean memory-sessions?',
  );
});
