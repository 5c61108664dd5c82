import type { APIRequestContext } from '@playwright/test';
import type { AppName } from '../../apps/environment/apps.ts';
import type { Person } from '../../fixtures/person.ts';
import type { HttpSession } from '../claims/sign-in-by-http.ts';
import type { Fixtures } from '../fixtures/types.ts';
import type { Http01Challenge } from '../models/acme-solver.ts';
import type { App } from '../models/app.ts';
import type { Deployer } from '../models/deployer.ts';
import type { ReleaseCheckout } from '../models/release-checkout.ts';
import type { SessionKeys } from '../models/session-store.ts';

export interface ProductOptions {
  /** Which app `app` is. A spec for several apps sets it with `test.use`. */
  appName: AppName;
}

export interface ProductWorkerFixtures {
  /** Lines of logs with secrets that earlier tests have provoked. */
  knownLeaks: Set<string>;
}

export interface ProductTestFixtures {
  app: App;
  /** Every app that users sign in to, in one browser. */
  apps: readonly App[];
  operator: App;
  portal: App;
  /** A session of an app without pages, for a new user unless one is given, and in a new browser unless one is given. */
  newHttpSession: (app: AppName, person?: Person, browser?: Pick<HttpSession, 'request'>) => Promise<HttpSession>;
  /** A client without cookies, for requests without a browser. */
  newRequests: () => Promise<APIRequestContext>;
  sessionStore: SessionKeys;
  /** The ServiceAccount that CI deploys with. Needs `kubernetes`. */
  deployer: Deployer;
  /** A checkout to release the fleet from. */
  releaseCheckout: ReleaseCheckout;
  /** Opens an HTTP-01 challenge of a host, with a solver like cert-manager's. Needs `kubernetes`. */
  newChallenge: (host: string) => Promise<Http01Challenge>;
  /** Acts after each test, and has no value. */
  silentLogs: void;
}

export type ProductFixtures = Omit<Fixtures, 'app'> & ProductOptions & ProductTestFixtures;

/** How a fixture hands over its value; the rest of its function runs after the test. */
export type UseProduct<Name extends keyof ProductFixtures> = (value: ProductFixtures[Name]) => Promise<void>;
