import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Violation, type Model } from './model.ts';
import type { ExploreStep } from './run-step.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { search, type SearchOptions, type SequencePlayer } from './search.ts';

const options = (change: Partial<SearchOptions> = {}): SearchOptions => ({
  seed: 1,
  from: 0,
  searchMs: 10_000,
  shrinkMs: 10_000,
  signal: new AbortController().signal,
  report: () => {},
  shrinking: () => {},
  ...change,
});

/** A product whose only fault is that a sign-out on another pod fails for a person whose tokens are due. */
function faulty(isFaulty: (step: ExploreStep, model: Model) => boolean): SequencePlayer {
  let model: Model;
  return {
    begin: async (its) => void (model = its),
    step: async (step) => {
      const before = 'browser' in step ? model.livingAt(step) : undefined;
      if (isFaulty(step, model)) throw new Violation('a fault');
      if (step.do === 'sign in') model.signedIn(step, step.person);
      if (step.do === 'tokens become due' && before) before.due = true;
      if (step.do.startsWith('sign out') && before) before.over = true;
    },
    end: async () => {},
    checkFleet: async () => {},
  };
}

const signOutWhileDue = (step: ExploreStep, model: Model): boolean =>
  step.do === 'sign out' && step.pod === 1 && model.livingAt(step)?.due === true;

describe('a search', () => {
  test('shrinks what it finds to the steps that are needed', async () => {
    const { found } = await search(faulty(signOutWhileDue), options());
    expect(found?.shortest?.steps.map((step) => step.do)).toEqual(['sign in', 'tokens become due', 'sign out']);
    expect(found?.shortest?.message).toBe('a fault');
    expect(found!.first.steps.length).toBeGreaterThanOrEqual(3);
  });

  test('finds the same again from the number that it gives', async () => {
    const { found } = await search(faulty(signOutWhileDue), options({ seed: 5 }));
    const again = await search(faulty(signOutWhileDue), options({ seed: 5, from: found!.number }));
    expect(again.progress.sequences).toBeGreaterThan(1);
    expect(again.found).toMatchObject({ number: found!.number, first: found!.first, shortest: found!.shortest });
  });

  test('a failure that does not come again has no shortest sequence', async () => {
    let failures = 0;
    const once = faulty((step) => step.do === 'sign out' && ++failures === 1);
    const { found } = await search(once, options());
    expect(found?.first.message).toBe('a fault');
    expect(found?.shortest).toBeUndefined();
  });

  test('ends when its time is over, after the step under way', async () => {
    let isUnderWay = false;
    const player: SequencePlayer = {
      ...faulty(() => false),
      step: async () => {
        isUnderWay = true;
        await nextTurn();
        isUnderWay = false;
      },
    };
    const { found, progress } = await search(player, options({ searchMs: 100 }));
    expect({ found, isUnderWay }).toEqual({ found: undefined, isUnderWay: false });
    expect(progress.steps).toBeGreaterThan(0);
  });

  test.each([new Violation('no answer UND_ERR_SOCKET'), new Error('Reached the max retries per request limit')])(
    'what comes of a part of the fleet that is down is none of the product: %s',
    async (thrown) => {
      const down: SequencePlayer = {
        ...faulty(() => false),
        step: () => Promise.reject(thrown),
        checkFleet: () => Promise.reject(new HarnessError('The edge is gone.')),
      };
      await expect(search(down, options())).rejects.toThrow('The edge is gone.');
    },
  );

  test.each(['SIGINT came.', 'The edge is gone.'])(
    'when shrinking ends early (%s), the shortest sequence so far is left',
    async (reason) => {
      const controller = new AbortController();
      let failures = 0;
      const isFaulty = (step: ExploreStep, model: Model): boolean => {
        if (failures === 3) throw new HarnessError('The edge is gone.');
        if (!signOutWhileDue(step, model)) return false;
        failures += 1;
        // The first failure, its replay, and one that is shorter.
        if (failures === 3 && reason === 'SIGINT came.') controller.abort(new DOMException(reason, 'AbortError'));
        return true;
      };
      const { found } = await search(faulty(isFaulty), options({ signal: controller.signal }));
      expect(found?.shortest?.steps.length).toBeLessThan(found!.first.steps.length);
      expect(found).toMatchObject({ shortest: { message: 'a fault' }, fault: { message: reason } });
    },
  );

  test('an interruption ends it', async () => {
    const controller = new AbortController();
    const report = (): void => controller.abort(new DOMException('SIGINT came.', 'AbortError'));
    await expect(
      search(
        faulty(() => false),
        options({ signal: controller.signal, report }),
      ),
    ).rejects.toThrow('SIGINT came.');
  });
});
