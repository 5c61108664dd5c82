import { standardOf } from './standard.ts';

const lockTests = 'apps/base/server/sessions/refresh-lock.test.ts';

/** What oauth2-proxy asks of every store of sessions (pkg/sessions/tests). */
export const store = standardOf({
  name: 'store',
  title: 'The session store contract of oauth2-proxy',
  requirements: {
    'save cookie': 'Saving a session sets its cookie, with name, path, domain and attributes as configured.',
    'save over broken': 'A session is saved also over one that cannot be read.',
    'save over expired': 'A session is saved also over one that has expired.',
    'save creation time': 'A session knows when it began.',
    'save expiry': 'What is saved expires with the cookie.',
    'load equal': 'What is loaded is what was saved, on every pod.',
    'load nothing': 'Without a cookie there is no session, and a reason.',
    'load refresh due': 'A session whose refresh is due is loaded, until it expires.',
    'load expired': 'After its expiry nothing is loaded, and there is a reason.',
    'load outage': 'A store that does not answer is an error, not an empty session.',
    'clear cookie': 'Clearing a session deletes its cookie.',
    'clear entry': 'A stale cookie does not load a session that was cleared.',
    'clear nothing': 'Clearing without a cookie is no error.',
    encrypted: 'An entry can be read only with the right key.',
    'lock once': 'One holder has the lock of a session; others wait.',
    'lock released': 'A lock that is released is free.',
    'lock extended': 'A holder can extend its lock.',
    'lock expired': 'A lock ends with its time, so that a dead holder blocks nobody.',
    'lock lost': 'A holder that lost the lock neither extends nor releases that of the next.',
    'refresh atomic': 'A refresh and a sign-out at the same time leave no session.',
    'verify connection': 'Readiness says whether the store answers.',
  },
  alsoIn: {
    'lock released': { [lockTests]: 'is freed when the task fails' },
    'lock extended': { [lockTests]: 'is renewed for as long as the task runs, also after a renewal that failed' },
    'lock expired': { [lockTests]: 'passes to another when its holder died' },
    'lock lost': { [lockTests]: 'is not freed by a holder that lost it' },
    'verify connection': {
      'apps/base/server/sessions/redis-connection.test.ts':
        'Redis counts as unavailable when its ACL forbids scripts, because nobody could sign in',
    },
  },
});
