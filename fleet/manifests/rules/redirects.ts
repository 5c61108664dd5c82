import { ofKind } from '../objects.ts';
import type { KubeObject, Middleware } from '../objects.ts';
import { isOnWeb, redirectsIn, routersOf } from './routers.ts';
import type { Breach, Rule } from './rule.ts';
import { walk } from './rule.ts';

/**
 * Settings of Traefik that redirect on an entry point, before every router: as an argument, a variable, a chart value
 * (`redirectTo` until chart 33, `redirections` since), or in its static configuration.
 */
const globalRedirects = [
  /--entry[-]?points\.[\w-]+\.http\.redirections/i,
  /--entry[-]?points\.[\w-]+\.http\.middlewares/i,
  /\bTRAEFIK_ENTRYPOINTS_\w+_HTTP_(REDIRECTIONS|MIDDLEWARES)/i,
  /^\s*(redirectTo|redirections)\s*:/m,
];
const isGlobalRedirect = (text: string): boolean => globalRedirects.some((pattern) => pattern.test(text));

/**
 * No entry point redirects by itself. Such a redirect runs before the HTTP-01 solver, and certificates would expire.
 */
export const noGlobalRedirect: Rule = {
  name: 'no-global-redirect',
  check: (objects) => objects.flatMap(globalRedirectsIn),
};

/** As a key of an object, such as `ports.web.redirectTo.port` under a HelmChart's `set`. */
const isRedirectSetting = (key: string | undefined): boolean =>
  key !== undefined && /(^|\.)(redirectTo|redirections)(\.|$)/.test(key);

function globalRedirectsIn(object: KubeObject): Breach[] {
  return [...walk(object)].flatMap(({ path, key, value }) =>
    isRedirectSetting(key) || (typeof value === 'string' && isGlobalRedirect(value))
      ? [{ object, path, message: 'redirects on the entry point, for every host and path: redirect on the routers' }]
      : [],
  );
}

/** A router that redirects to HTTPS serves only the entry point web, and only one host. */
export const redirectsOnWeb: Rule = {
  name: 'redirects-on-web',
  check: (objects) => {
    const redirects = redirectsIn(objects);
    return routersOf(objects).flatMap(({ object, path, entryPoints, entryPointsPath, middlewares, host }) => {
      const redirect = middlewares.find((middleware) => redirects.has(middleware));
      if (redirect === undefined) return [];
      const breaches: Breach[] = [];
      if (!entryPoints || entryPoints.length === 0) {
        const message = `is not there, so that ${redirect} redirects on every entry point, https too: set it to web`;
        breaches.push({ object, path: entryPointsPath, message });
      } else if (entryPoints.some((entryPoint) => entryPoint !== 'web')) {
        const message = `is "${entryPoints.join(',')}", so that ${redirect} redirects what is https already: set it to web`;
        breaches.push({ object, path: entryPointsPath, message });
      }
      if (host === undefined || host.includes('*')) {
        const message = `takes ${host === undefined ? 'every host' : host}, so that ${redirect} redirects more than one app's host: name the host`;
        breaches.push({ object, path, message });
      }
      return breaches;
    });
  },
};

const redirectByPattern =
  'looks at the connection and not at what a proxy in front says of it, so that behind one the redirect never ends: use redirectScheme';

/**
 * Every host that is served over HTTPS has a router on the entry point web, and every such router redirects to HTTPS
 * permanently.
 */
export const httpsByRedirect: Rule = {
  name: 'https-by-redirect',
  check: (objects) => {
    const redirects = redirectsIn(objects);
    const routers = routersOf(objects).filter(({ isSolver }) => !isSolver);
    const onWeb = routers.filter(isOnWeb);
    const withoutRedirect = onWeb.filter(({ middlewares }) => !middlewares.some((name) => redirects.has(name)));
    // A router without a host matches all hosts.
    const reachable = new Set(onWeb.map(({ host }) => host));
    const unreachable = routers.filter(
      (router) => !isOnWeb(router) && !reachable.has(router.host) && !reachable.has(undefined),
    );
    return [
      ...withoutRedirect.map(({ object, middlewaresPath, host }): Breach => {
        const message = `names no middleware that redirects, so ${host ?? 'every host'} is served on plain http: add one`;
        return { object, path: middlewaresPath, message };
      }),
      ...unreachable.map(({ object, path, host }): Breach => {
        const message = `has no router on the entry point web for ${host ?? 'every host'}, so who types the name alone gets 404: add one that redirects`;
        return { object, path, message };
      }),
      ...ofKind(objects, 'Middleware').flatMap(redirectFaults),
    ];
  },
};

function redirectFaults(object: Middleware): Breach[] {
  const { redirectScheme, redirectRegex } = object.spec;
  if (redirectRegex !== undefined) return [{ object, path: 'spec.redirectRegex', message: redirectByPattern }];
  if (!redirectScheme) return [];
  const { scheme, permanent, port } = redirectScheme;
  const breaches: Breach[] = [];
  const at = 'spec.redirectScheme';
  if (scheme !== 'https') {
    breaches.push({ object, path: `${at}.scheme`, message: `is ${scheme ?? 'not there'}: redirect to https` });
  }
  if (permanent !== true) {
    const message = 'is not true, so no client remembers it and a POST becomes a GET (302): set it';
    breaches.push({ object, path: `${at}.permanent`, message });
  }
  if (port !== undefined && port !== '443') {
    breaches.push({
      object,
      path: `${at}.port`,
      message: `is ${port}, where nobody outside finds the fleet: take it out`,
    });
  }
  return breaches;
}
