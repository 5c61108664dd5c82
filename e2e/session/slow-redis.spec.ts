import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { twoPods } from '../claims/two-pods.ts';

const appName = layerApp('operator');

/** Milliseconds that Redis takes for an answer: while it forks to save itself, or while its node is busy. */
const answersAfter = 300;

test.use({ appName, needs: ['store'] });

test(
  `every pod waits for a Redis that takes ${answersAfter} ms to respond`,
  { tag: ['@redis-timeout-too-short'] },
  async ({ app, fleet, newPerson, sessionStore }) => {
    await app.startSession(await newPerson());
    for (const pod of await twoPods(fleet, appName)) {
      await sessionStore.answersLate(answersAfter);
      expect((await app.call('/api/me', { pod })).status(), `a call at ${pod} meanwhile`).toBe(200);
    }
  },
);
