import { compare } from '../checks.ts';
import type { StepKinds } from '../step.ts';
import { at } from './sign-in.ts';

const html = { accept: 'text/html', 'x-edge-kind': 'browser' };

/** Requests of a signed-in user, or of one whose session has ended. */
export const requestSteps: StepKinds<'call' | 'open page' | 'call several times at once' | 'replay an old cookie'> = {
  call: {
    sentence: (step) => `${at(step)}: GET ${step.path} on pod ${step.pod}`,
    applies: (step, model) => model.at(step) !== undefined,
    perform: async (step, model, world) => {
      const session = model.at(step)!;
      compare([await world.request(step, step.path, { pod: step.pod })], session, { model, world });
    },
  },
  'open page': {
    sentence: (step) => `${at(step)}: the page ${step.path} by a link, on pod ${step.pod}`,
    applies: (step, model) => model.at(step) !== undefined,
    perform: async (step, model, world) => {
      const session = model.at(step)!;
      compare([await world.request(step, step.path, { pod: step.pod, headers: html })], session, { model, world });
    },
  },
  'call several times at once': {
    sentence: (step) => `${at(step)}: six calls at once, on both pods`,
    applies: (step, model) => model.at(step) !== undefined,
    perform: async (step, model, world) => {
      const session = model.at(step)!;
      await world.podsOf(step.app);
      const pods = [0, 1, 0, 1, 0, 1] as const;
      const answers = await Promise.all(pods.map((pod) => world.request(step, '/api/me', { pod })));
      compare(answers, session, { model, world });
    },
  },
  'replay an old cookie': {
    sentence: ({ nth, pod }) => `somebody sends the cookie of an ended session (number ${nth}) to pod ${pod}`,
    applies: (_, model) => model.ended.length > 0,
    perform: async ({ nth, pod }, model, world) => {
      const session = model.ended[nth % model.ended.length]!;
      const { cookie } = world.handleOf(session);
      for (const headers of [{}, html])
        compare([await world.request(session, headers === html ? '/' : '/api/me', { pod, cookie, headers })], session, {
          model,
          world,
        });
    },
  },
};
