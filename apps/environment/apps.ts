/** Hosts that belong to no app: Authentik and the webmail. */
const otherHosts = ['auth', 'mail'] as const;

/** What all apps with sessions inherit from their Nuxt layer, `apps/base`. */
const layer = { health: { live: '/api/_health/live', ready: '/api/_health/ready' } } as const;

interface Described {
  /** The name of the app's folder, its Deployment and its image. */
  name: string;
  title: string;
  /** The paths of its probes: `live` depends on nothing else, `ready` also on Redis. */
  health: { live: string; ready: string };
}

/**
 * An app that users sign in to. Its name is also the left-most label of its host, its slug and client id in Authentik,
 * and the prefix of its keys in Redis.
 */
export interface SessionApp extends Described {
  sessions: true;
  /** Pages for signed-in users. The first is the home page. */
  pages: readonly [string, string, ...string[]];
  /** API routes that respond with 200 to a GET of a signed-in user. */
  api: readonly [string, ...string[]];
  /** Hosts that its pages name, besides its own and Authentik's. */
  namesHosts: ReadonlyArray<(typeof otherHosts)[number]>;
}

/** A backend service, without sessions. */
export interface BackendService extends Described {
  sessions: false;
  /** Left-most label of its host. */
  host: string;
}

/** Every app, described once: all that must name each of them derives from this list (docs/add-an-app.md). */
export const apps = [
  {
    ...layer,
    sessions: true,
    name: 'operator',
    title: 'Dezky Operator',
    pages: ['/', '/tenants', '/users'],
    api: ['/api/me', '/api/tenants', '/api/users', '/api/user-counts'],
    namesHosts: [],
  },
  {
    ...layer,
    sessions: true,
    name: 'portal',
    title: 'Dezky Portal',
    pages: ['/', '/profile', '/webmail'],
    api: ['/api/me', '/api/mailbox', '/api/storage'],
    namesHosts: ['mail'],
  },
  {
    sessions: false,
    name: 'platform-api',
    title: 'Platform API',
    host: 'api',
    health: { live: '/health/live', ready: '/health/ready' },
  },
] as const satisfies ReadonlyArray<SessionApp | BackendService>;

type App = (typeof apps)[number];
export type AnyAppName = App['name'];
/** The name of an app that users sign in to. */
export type AppName = Extract<App, { sessions: true }>['name'];
/** The left-most label of a host of the product. */
export type HostLabel = AppName | Extract<App, BackendService>['host'] | (typeof otherHosts)[number];

export const sessionApps: ReadonlyArray<SessionApp & { name: AppName }> = apps.filter((app) => app.sessions);
export const appNames = sessionApps.map(({ name }) => name) as [AppName, ...AppName[]];
/** The default app of commands and tests that need one. */
export const [firstApp] = appNames;

/** A value for each app that users sign in to. */
export const forEachApp = <Value>(valueOf: (app: SessionApp & { name: AppName }) => Value): Record<AppName, Value> =>
  Object.fromEntries(sessionApps.map((app) => [app.name, valueOf(app)])) as Record<AppName, Value>;

export const sessionApp: Readonly<Record<AppName, SessionApp>> = forEachApp((app) => app);

export const appHosts: readonly HostLabel[] = apps.map((app) => (app.sessions ? app.name : app.host));
export const hostLabels: readonly HostLabel[] = [...appHosts, ...otherHosts];

/** The variable that holds the public URL of a host: `NUXT_PUBLIC_OPERATOR_URL`. */
export const urlVariable = (host: string): string => `NUXT_PUBLIC_${host.replaceAll('-', '_').toUpperCase()}_URL`;

/** The default of that variable: a host on a developer's machine. */
export const developmentUrl = (host: string): string => `https://${host}.dezky.local`;

/** The key of Nuxt's public runtime configuration that this variable sets: `operatorUrl`. */
export const urlKey = (host: string): string =>
  `${host.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Url`;
