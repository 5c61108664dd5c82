import type { PodIndex } from '../../e2e/explore/model.ts';
import type { RefusedAfter } from '../../fixtures/regressions/regression.ts';
import type { Disruption } from '../../e2e/replays/disruptions.ts';
import type { Visit } from './visit.ts';

/** Seconds after which an access token is renewed, and more. */
const untilDue = 360;
const hours = { operator: 2, portal: 13 } as const;

const untilTokensAreDue = (visit: Visit) => visit.apply({ do: 'time passes', seconds: untilDue });

const whileDisrupted = async (visit: Visit, of: Disruption, work: () => Promise<unknown>) => {
  await visit.apply({ do: 'disruption begins', of, app: visit.app.name, pod: 0 });
  await work();
  await visit.apply({ do: 'disruption ends', of });
};

/** A call that refreshes on the first pod, which is disrupted, and then one on the second pod. */
const disruptRefresh = async (visit: Visit, of: Disruption, second: PodIndex = 1) => {
  await untilTokensAreDue(visit);
  await whileDisrupted(visit, of, async () => {
    await visit.pinTo(0);
    const renewing = visit.call('/api/me');
    await visit.injected(of);
    if (of !== 'paused pod') await renewing;
    await visit.pinTo(second);
    await visit.call('/api/me');
    await renewing;
    await visit.pinTo();
  });
};

const disruptBeforeRefresh = async (visit: Visit, of: Disruption) => {
  await untilTokensAreDue(visit);
  await whileDisrupted(visit, of, async () => {
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
    await whileDisrupted(visit, 'Authentik busy', async () => {
      await visit.pinTo(0);
      await visit.callAtOnce('/api/me', 2);
      await visit.pinTo();
    });
    await untilTokensAreDue(visit);
    await whileDisrupted(visit, 'Authentik busy', () => visit.callAtOnce('/api/me', 8));
  },
  'a slow refresh': async (visit) => {
    await untilTokensAreDue(visit);
    await whileDisrupted(visit, 'Authentik slow', () => visit.call('/api/me'));
  },
  'a pause in a refresh': (visit) => disruptRefresh(visit, 'paused pod'),
  'a kill in a refresh': (visit) => disruptRefresh(visit, 'killed pod'),
  'a deploy in a refresh': (visit) => disruptRefresh(visit, 'replaced pod'),
  'a refused write': (visit) => disruptRefresh(visit, 'refused writes', 0),
  'an expiry at Authentik': async (visit) => {
    await visit.apply({ do: 'expiry at Authentik', app: visit.app.name });
    await untilTokensAreDue(visit);
  },
  'a new client secret': (visit) => disruptBeforeRefresh(visit, 'another client secret'),
  'a new session secret': async () => {},
  'an outage of Authentik': (visit) => disruptBeforeRefresh(visit, 'Authentik down'),
  'an outage of Redis': (visit) =>
    whileDisrupted(visit, 'Redis', async () => {
      await visit.call('/api/me');
      await visit.open('/');
    }),
  'a restart': (visit) => visit.apply({ do: 'roll out', app: visit.app.name, isRelease: false }),
  'a release': (visit) => visit.apply({ do: 'roll out', app: visit.app.name, isRelease: true }),
  'a sign-out of the other app': async (visit) => {
    await visit.other.openSignedIn(visit.person);
    await visit.other.signOut();
  },
  'a sign-out on another device': (visit) => visit.apply({ do: 'sign out on another device', app: visit.app.name }),
  'a failed sign-in': (visit) => whileDisrupted(visit, 'token endpoint down', () => visit.startSignInInSecondTab()),
  'hours without use': (visit) => visit.apply({ do: 'time passes', seconds: hours[visit.app.name] * 3600 }),
};
