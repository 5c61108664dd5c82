import type { Standard } from './standard.ts';

const lockTests = 'apps/base/server/sessions/refresh-lock.test.ts';

/** What oauth2-proxy asks of every store of sessions (pkg/sessions/tests). */
export const store = {
  name: 'store',
  title: 'The session store contract of oauth2-proxy',
  requirements: {
    'save cookie': { text: 'Saving a session sets its cookie, with name, path, domain and attributes as configured.' },
    'save over broken': { text: 'A session is saved also over one that cannot be read.' },
    'save over expired': { text: 'A session is saved also over one that has expired.' },
    'save creation time': { text: 'A session knows when it began.' },
    'save expiry': { text: 'What is saved expires with the cookie.' },
    'load equal': { text: 'What is loaded is what was saved, on every pod.' },
    'load nothing': { text: 'Without a cookie there is no session, and a reason.' },
    'load refresh due': { text: 'A session whose refresh is due is loaded, until it expires.' },
    'load expired': { text: 'After its expiry nothing is loaded, and there is a reason.' },
    'load outage': { text: 'A store that does not answer is an error, not an empty session.' },
    'clear cookie': { text: 'Clearing a session deletes its cookie.' },
    'clear entry': { text: 'A stale cookie does not load a session that was cleared.' },
    'clear nothing': { text: 'Clearing without a cookie is no error.' },
    encrypted: { text: 'An entry can be read only with the right key.' },
    'lock once': { text: 'One holder has the lock of a session; others wait.' },
    'lock released': {
      text: 'A lock that is released is free.',
      alsoIn: { [lockTests]: 'is freed when the task fails' },
    },
    'lock extended': {
      text: 'A holder can extend its lock.',
      alsoIn: { [lockTests]: 'is renewed for as long as the task runs, also after a renewal that failed' },
    },
    'lock expired': {
      text: 'A lock ends with its time, so that a dead holder blocks nobody.',
      alsoIn: { [lockTests]: 'passes to another when its holder died' },
    },
    'lock lost': {
      text: 'A holder that lost the lock neither extends nor releases that of the next.',
      alsoIn: { [lockTests]: 'is not freed by a holder that lost it' },
    },
    'refresh atomic': { text: 'A refresh and a sign-out at the same time leave no session.' },
    'verify connection': {
      text: 'Readiness says whether the store answers.',
      alsoIn: {
        'apps/base/server/sessions/redis-connection.test.ts':
          'Redis counts as unavailable when its ACL forbids scripts, because nobody could sign in',
      },
    },
  },
} as const satisfies Standard;
