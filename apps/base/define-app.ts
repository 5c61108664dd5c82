import { defineNuxtConfig } from 'nuxt/config';
import { sessionApp, urlKey, urlVariable, type AppName } from '../environment/apps.ts';
import { developmentUrls } from './development-urls.ts';
import { moduleOptions } from './server/nuxt-oidc-auth/options.ts';

/** The settings of an app that are not in its description in `apps/environment/apps.ts`. */
export interface AppSettings {
  /** Seconds without use after which a session ends (docs/decisions/0015-idle-limit.md). */
  idleSeconds: number;
  /** Seconds after the sign-in at Authentik at which a session ends, however it is used. */
  maxSeconds: number;
  /** Authentik's end-session endpoint; `{{NAME}}` is replaced when the app starts. */
  endSessionUrl: string;
}

/**
 * The Nuxt configuration of an app. A build is the same for every environment: values that depend on one are
 * `{{NAME}}`, which Nitro replaces from the environment at start (`runtimeConfig.nitro.envExpansion`).
 */
export const defineApp = (name: AppName, { endSessionUrl, idleSeconds, maxSeconds }: AppSettings) => {
  const { title, namesHosts } = sessionApp[name];
  const authentik = '{{NUXT_PUBLIC_AUTH_URL}}/application/o';
  const own = `{{${urlVariable(name)}}}`;
  // Only the URLs that its pages contain, because each one is sent with every page.
  const urls = ['auth', name, ...namesHosts].map((host) => [urlKey(host), developmentUrls[urlVariable(host)]]);

  return defineNuxtConfig({
    extends: ['../base'],
    runtimeConfig: {
      platformApiUrl: 'http://localhost:3100',
      idleSeconds,
      maxSeconds,
      authSessionSeconds: 86_400,
      public: {
        app: { name, title },
        idleSeconds,
        ...Object.fromEntries(urls),
        ownUrl: own,
      },
      nitro: { envExpansion: true },
    },
    oidc: moduleOptions({ name, authentik, own, endSessionUrl, maxSeconds }),
  });
};
