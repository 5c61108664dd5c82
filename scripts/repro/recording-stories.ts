import type { PodIndex } from '../../e2e/explore/model.ts';
import type { RefusedAfter } from '../../fixtures/regressions/regression.ts';
import type { Trouble } from '../../e2e/replays/troubles.ts';
import type { Visit } from './visit.ts';

/** Seconds after which an access token is renewed, and more. */
const untilDue = 360;
const hours = { operator: 2, portal: 13 } as const;

const untilTokensAreDue = (visit: Visit) => visit.happen({ do: 'time passes', seconds: untilDue });

const trouble = async (visit: Visit, of: Trouble, work: () => Promise<unknown>) => {
  await visit.happen({ do: 'trouble begins', of, app: visit.app.name, pod: 0 });
  await work();
  await visit.happen({ do: 'trouble ends', of });
};

/** A call that needs new tokens, on the first pod, and one on the other pod when the first is in trouble. */
const troubleInRefresh = async (visit: Visit, of: Trouble, second: PodIndex = 1) => {
  await untilTokensAreDue(visit);
  await trouble(visit, of, async () => {
    await visit.pinTo(0);
    const renewing = visit.call('/api/me');
    await visit.struck(of);
    if (of !== 'paused pod') await renewing;
    await visit.pinTo(second);
    await visit.call('/api/me');
    await renewing;
    await visit.pinTo();
  });
};

const troubleAtRefresh = async (visit: Visit, of: Trouble) => {
  await untilTokensAreDue(visit);
  await trouble(visit, of, async () => {
    await visit.call('/api/me');
    await visit.signInAgain();
  });
};

/** What happens in a recording between two looks around, so that a regression shows. */
export const recordingStories: Readonly<Record<RefusedAfter, (visit: Visit) => Promise<void>>> = {
  'another pod': (visit) => visit.signOutOfAnotherPod(),
  'a missing role': async () => {},
  'a refresh': untilTokensAreDue,
  'parallel requests': async (visit) => {
    // On one pod, and then on both, because a lock may be shared by the requests of a pod alone.
    await untilTokensAreDue(visit);
    await trouble(visit, 'Authentik busy', async () => {
      await visit.pinTo(0);
      await visit.callAtOnce('/api/me', 2);
      await visit.pinTo();
    });
    await untilTokensAreDue(visit);
    await trouble(visit, 'Authentik busy', () => visit.callAtOnce('/api/me', 8));
  },
  'a slow refresh': async (visit) => {
    await untilTokensAreDue(visit);
    await trouble(visit, 'Authentik slow', () => visit.call('/api/me'));
  },
  'a pause in a refresh': (visit) => troubleInRefresh(visit, 'paused pod'),
  'a kill in a refresh': (visit) => troubleInRefresh(visit, 'killed pod'),
  'a deploy in a refresh': (visit) => troubleInRefresh(visit, 'replaced pod'),
  'a refused write': (visit) => troubleInRefresh(visit, 'refused writes', 0),
  'an end at Authentik': async (visit) => {
    await visit.happen({ do: 'end at Authentik', app: visit.app.name });
    await untilTokensAreDue(visit);
  },
  'a new client secret': (visit) => troubleAtRefresh(visit, 'another client secret'),
  'a new session secret': async () => {},
  'an outage of Authentik': (visit) => troubleAtRefresh(visit, 'Authentik down'),
  'an outage of Redis': (visit) =>
    trouble(visit, 'Redis', async () => {
      await visit.call('/api/me');
      await visit.open('/');
    }),
  'a restart': (visit) => visit.happen({ do: 'roll out', app: visit.app.name, isRelease: false }),
  'a release': (visit) => visit.happen({ do: 'roll out', app: visit.app.name, isRelease: true }),
  'a sign-out of the other app': async (visit) => {
    await visit.other.openSignedIn(visit.person);
    await visit.other.signOut();
  },
  'a sign-out on another device': (visit) => visit.happen({ do: 'sign out on another device', app: visit.app.name }),
  'a failed sign-in': (visit) => trouble(visit, 'token endpoint down', () => visit.startSignInInSecondTab()),
  'hours without use': (visit) => visit.happen({ do: 'time passes', seconds: hours[visit.app.name] * 3600 }),
};
