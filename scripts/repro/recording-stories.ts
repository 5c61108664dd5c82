import type { RefusedAfter } from '../../fixtures/regressions/regression.ts';
import type { Visit } from './visit.ts';

/** Seconds after which an access token is renewed, and more. */
const untilDue = 360;
const hours = { operator: 2, portal: 13 } as const;

const trouble = async (visit: Visit, of: 'Authentik down' | 'Authentik slow' | 'Redis', work: () => Promise<void>) => {
  await visit.happen({ do: 'trouble begins', of });
  await work();
  await visit.happen({ do: 'trouble ends', of });
};

/** What happens in a recording between two looks around, so that a regression shows. */
export const recordingStories: Readonly<Record<RefusedAfter, (visit: Visit) => Promise<void>>> = {
  'another pod': async () => {},
  'a missing role': async () => {},
  'a refresh': (visit) => visit.happen({ do: 'time passes', seconds: untilDue }),
  'parallel requests': async (visit) => {
    await visit.happen({ do: 'time passes', seconds: untilDue });
    await visit.callAtOnce('/api/me', 8);
  },
  'a slow refresh': async (visit) => {
    await visit.happen({ do: 'time passes', seconds: untilDue });
    await trouble(visit, 'Authentik slow', () => visit.call('/api/me'));
  },
  'an outage of Authentik': async (visit) => {
    await visit.happen({ do: 'time passes', seconds: untilDue });
    await trouble(visit, 'Authentik down', async () => {
      await visit.call('/api/me');
      await visit.signInAgain();
    });
  },
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
  'a failed sign-in': (visit) => trouble(visit, 'Authentik down', () => visit.startSignInInSecondTab()),
  'hours without use': (visit) => visit.happen({ do: 'time passes', seconds: hours[visit.app.name] * 3600 }),
};
