import { defineNuxtConfig } from 'nuxt/config';
import { sessionApp, urlKey, urlVariable, type AppName } from '../environment/apps.ts';
import { developmentUrls } from './development-urls.ts';
import { moduleOptions } from './server/nuxt-oidc-auth/options.ts';

/** What an app decides for itself; the rest is its description in `apps/environment/apps.ts`. */
export interface AppSettings {
  /** Seconds without use after which a session is over (docs/decisions/0015-idle-limit.md). */
  idleSeconds: number;
  /** The end-session address at Authentik; `{{NAME}}` is filled in when the app starts. */
  endSessionUrl: string;
}

/**
 * The Nuxt configuration of an app. A build is the same for every environment: what depends on one is a `{{NAME}}`,
 * which Nitro replaces from the environment at start (`runtimeConfig.nitro.envExpansion`).
 */
export const defineApp = (name: AppName, { endSessionUrl, idleSeconds }: AppSettings) => {
  const { title, namesHosts } = sessionApp[name];
  const authentik = '{{NUXT_PUBLIC_AUTH_URL}}/application/o';
  const own = `{{${urlVariable(name)}}}`;
  // Only the URLs that its pages name: each one goes out with every page.
  const urls = ['auth', name, ...namesHosts].map((host) => [urlKey(host), developmentUrls[urlVariable(host)]]);

  return defineNuxtConfig({
    extends: ['../base'],
    runtimeConfig: {
      platformApiUrl: 'http://localhost:3100',
      idleSeconds,
      authSessionSeconds: 86_400,
      public: {
        app: { name, title },
        ...Object.fromEntries(urls),
        ownUrl: own,
      },
      nitro: { envExpansion: true },
    },
    oidc: moduleOptions({ name, authentik, own, endSessionUrl }),
  });
};
