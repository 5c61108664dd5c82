import { defineNuxtConfig } from 'nuxt/config';
import { developmentUrls, type UrlVariable } from './development-urls.ts';
import { moduleOptions } from './server/nuxt-oidc-auth/options.ts';

/** The description of one app. Everything else derives from it. */
export interface AppData {
  /** Slug of its application in Authentik, its default client id, and the prefix of its keys in Redis. */
  name: string;
  /** What people call it. */
  title: string;
  /** Variable that holds its own public URL. */
  ownUrl: UrlVariable;
  /** Public URLs that its copy names, by runtime-config key. Only these: each one goes out with every page. */
  urls: Readonly<Record<string, UrlVariable>>;
  /** Seconds without use after which a session is over (docs/decisions/0015-idle-limit.md). */
  idleSeconds: number;
  /** The end-session address at Authentik; `{{NAME}}` is filled in when the app starts. */
  endSessionUrl: string;
}

/**
 * The Nuxt configuration of an app. A build is the same for every environment: what depends on one is a `{{NAME}}`,
 * which Nitro replaces from the environment at start (`runtimeConfig.nitro.envExpansion`).
 */
export const defineApp = ({ name, title, ownUrl, urls, endSessionUrl, idleSeconds }: AppData) => {
  const authentik = '{{NUXT_PUBLIC_AUTH_URL}}/application/o';
  const own = `{{${ownUrl}}}`;

  return defineNuxtConfig({
    extends: ['../base'],
    runtimeConfig: {
      platformApiUrl: 'http://localhost:3100',
      idleSeconds,
      public: {
        app: { name, title },
        ...Object.fromEntries(Object.entries(urls).map(([key, variable]) => [key, developmentUrls[variable]])),
        ownUrl: own,
      },
      nitro: { envExpansion: true },
    },
    oidc: moduleOptions({ name, authentik, own, endSessionUrl }),
  });
};
