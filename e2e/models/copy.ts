import type { AppName } from '../../apps/environment/apps.ts';
import { groups } from '../../fixtures/people.ts';
import { type Person } from '../../fixtures/person.ts';
import { httpsOf, type Hosts } from '../../fleet/hosts.ts';
import { productionHosts } from '../../fleet/product/hosts.ts';
import type { PageCopy } from '../matchers/page-copy.ts';

/** The copy of both apps for these hosts, signed out and signed in. */
export const copyFor = (
  hosts: Hosts,
): Record<AppName, { signedOut: readonly PageCopy[]; signedIn: readonly PageCopy[] }> => {
  const { operator, portal, auth, mail } = hosts;
  const goTo = { [`Go to ${auth}`]: `${httpsOf(auth)}/if/user/` };
  const signInHint = (app: string) => `You sign in at ${auth} and come back to ${app}. Enter your password only there.`;
  const signIn = (app: string, lede: string): PageCopy => ({
    path: '/sign-in',
    texts: { lede, signInHint: signInHint(app) },
    links: { 'Sign in': `${httpsOf(app)}/auth/oidc/login` },
  });
  const signedOut = (app: string, signedOutHint: string): PageCopy => ({
    path: '/signed-out',
    texts: { lede: `Your session on ${app} has ended.`, signedOutHint },
    links: { 'Sign in again': `${httpsOf(app)}/sign-in`, ...goTo },
  });
  const signOut = (app: string): PageCopy => ({
    path: '/sign-out',
    texts: { lede: `This ends your session on ${app}.` },
    links: { 'Stay signed in': `${httpsOf(app)}/` },
  });

  const pagesOf =
    (app: string, navigation: Readonly<Record<string, string>>) =>
    (path: string, lede: string, { links = {}, texts = {} }: Partial<PageCopy> = {}): PageCopy => ({
      path,
      texts: { sidebar: app, lede, ...texts },
      links: { ...navigation, ...links },
    });
  const ofOperator = pagesOf(operator, {
    Dashboard: `${httpsOf(operator)}/`,
    Tenants: `${httpsOf(operator)}/tenants`,
    Users: `${httpsOf(operator)}/users`,
  });
  const ofPortal = pagesOf(portal, {
    Home: `${httpsOf(portal)}/`,
    Webmail: `${httpsOf(portal)}/webmail`,
    Profile: `${httpsOf(portal)}/profile`,
  });
  const openWebmail = { 'Open webmail': `${httpsOf(mail)}/` };

  return {
    operator: {
      signedOut: [
        signIn(operator, 'For the people who run the platform.'),
        signOut(operator),
        signedOut(operator, `You may still be signed in at ${auth}. On a shared computer, sign out there as well.`),
      ],
      signedIn: [
        ofOperator('/', 'Tenants and people of this installation at a glance.', {
          links: { 'All tenants': `${httpsOf(operator)}/tenants` },
        }),
        ofOperator('/tenants', 'Organisations that are served by this installation.'),
        ofOperator('/users', `Users are managed at ${auth}. Open one there to change groups, password or status.`),
      ],
    },
    portal: {
      signedOut: [
        signIn(portal, 'Your mail, files and profile in one place.'),
        signOut(portal),
        signedOut(
          portal,
          `You may still be signed in at ${auth}, and with it at ${mail}. On a shared computer, sign out there as well.`,
        ),
      ],
      signedIn: [
        ofPortal('/', 'Your mail and files, and how much room they have.', {
          links: { ...openWebmail, 'Your profile': `${httpsOf(portal)}/profile` },
        }),
        ofPortal('/webmail', 'Your mailbox, from any browser.', {
          texts: {
            webmailText: `Read and write mail in your browser at ${mail}. You use the account you are signed in with here.`,
          },
          links: openWebmail,
        }),
        ofPortal('/profile', `Your name, email and groups are managed at ${auth}.`, {
          links: { 'Change it there': `${httpsOf(auth)}/if/user/` },
        }),
      ],
    },
  };
};

const wordsOf: Readonly<Record<string, string>> = { [groups.operators]: 'Operators', [groups.customers]: 'Customers' };

export const groupWords = (names: readonly string[]): string => names.map((name) => wordsOf[name]).join(', ');

/** A text on a page that can only come from its data. */
export const pageData: Record<AppName, Readonly<Record<string, (person: Person) => string | RegExp>>> = {
  operator: { '/tenants': () => /\d+ in total/, '/users': () => /\S+@\S+/ },
  portal: { '/profile': ({ email }) => email, '/webmail': ({ username }) => `${username}@` },
};

/** The page of each app that shows the signed-in user and that user's data from platform-api. */
export const profilePage: Record<AppName, string> = { operator: '/', portal: '/profile' };

/** The name of a page in the navigation, which is also its heading. */
export function navigationName(app: AppName, path: string): string {
  const { signedIn } = copyFor(productionHosts)[app];
  const links = Object.entries(signedIn[0]?.links ?? {});
  const found = links.find(([, target]) => target === httpsOf(productionHosts[app]) + path);
  if (!found) throw new Error(`The copy of ${app} has no link to ${path}.`);
  return found[0];
}

interface ApiResponse {
  status: number;
  json: unknown;
}

const notThere: ApiResponse = { status: 404, json: { message: 'There is none.' } };

/** Responses of API routes for a user without data, and the text of each page then. */
export const emptyPages: Record<AppName, Record<string, { answer: ApiResponse; says: Record<string, string> }>> = {
  operator: {
    '/api/tenants': {
      answer: { status: 200, json: { count: 0, tenants: [] } },
      says: { '/': 'There are no tenants yet.', '/tenants': 'There are no tenants yet.' },
    },
    '/api/users': {
      answer: { status: 200, json: { count: 0, users: [] } },
      says: { '/users': 'There are no users yet.' },
    },
  },
  portal: {
    '/api/mailbox': {
      answer: notThere,
      says: { '/': 'You have no mailbox yet.', '/webmail': 'You have no address yet.' },
    },
    '/api/storage': { answer: notThere, says: { '/': 'You have no space for files yet.' } },
  },
};
