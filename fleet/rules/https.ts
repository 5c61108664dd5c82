import { ofKind, type Ingress, type Middleware } from '../manifests/objects.ts';
import { annotationPath, isOnWeb, redirectsIn, routersOf } from '../manifests/routers.ts';
import { walk, type Breach, type Rule, type ValuePlace } from '../manifests/rule.ts';
import { unmet, type Requirements } from './app-rules.ts';

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
/** As a key of an object, such as `ports.web.redirectTo.port` under a HelmChart's `set`. */
const redirectSetting = /(^|\.)(redirectTo|redirections)(\.|$)/;

const isGlobalRedirect = ({ key = '', value }: ValuePlace): boolean =>
  redirectSetting.test(key) || (typeof value === 'string' && globalRedirects.some((pattern) => pattern.test(value)));

/**
 * No entry point redirects by itself. Such a redirect would run before the HTTP-01 solver, and certificates would
 * expire.
 */
const noGlobalRedirect: Rule = {
  name: 'no-global-redirect',
  check: (objects) =>
    objects.flatMap((object) =>
      [...walk(object)].filter(isGlobalRedirect).map(({ path }) => ({
        object,
        path,
        message: 'redirects on the entry point, for every host and path: redirect on the routers',
      })),
    ),
};

/** A router that redirects to HTTPS serves only the entry point web, and only one host. */
const redirectsOnWeb: Rule = {
  name: 'redirects-on-web',
  check: (objects) => {
    const redirects = redirectsIn(objects);
    return routersOf(objects).flatMap(({ object, path, entryPoints, middlewares, host }) => {
      const redirect = middlewares.find((middleware) => redirects.has(middleware));
      if (redirect === undefined) return [];
      const breaches: Breach[] = [];
      if (entryPoints?.join(',') !== 'web') {
        const message = `is ${entryPoints?.join(',') || 'not there'}, so that ${redirect} also redirects what is https already: set it to web`;
        breaches.push({ object, path: annotationPath('entrypoints'), message });
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
const httpsByRedirect: Rule = {
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
      ...withoutRedirect.map(({ object, host }): Breach => {
        const message = `names no middleware that redirects, so ${host ?? 'every host'} is served on plain http: add one`;
        return { object, path: annotationPath('middlewares'), message };
      }),
      ...unreachable.map(({ object, path, host }): Breach => {
        const message = `has no router on the entry point web for ${host ?? 'every host'}, so the address without https:// is a 404: add one that redirects`;
        return { object, path, message };
      }),
      ...ofKind(objects, 'Middleware').flatMap(redirectFaults),
    ];
  },
};

const toHttps: Requirements = {
  'spec.redirectScheme.scheme': [(scheme) => scheme === 'https', 'and should be https'],
  'spec.redirectScheme.permanent': [
    (permanent) => permanent === true,
    'so no client remembers it and a POST becomes a GET (302): set it to true',
  ],
  'spec.redirectScheme.port': [
    (port) => port === undefined || port === '443',
    'where nobody outside finds the fleet: take it out',
  ],
};

function redirectFaults(object: Middleware): Breach[] {
  const { redirectScheme, redirectRegex } = object.spec;
  if (redirectRegex !== undefined) return [{ object, path: 'spec.redirectRegex', message: redirectByPattern }];
  return redirectScheme ? unmet(object, toHttps) : [];
}

const challengePath = '/.well-known/acme-challenge/';
/** Characters of an HTTP-01 token (RFC 8555 section 8.3: at least 128 bits of entropy; Let's Encrypt sends 43). */
const tokenLength = 43;

/** The rule length of the router for cert-manager's solver Ingress. Traefik uses this length as the priority. */
const solverRuleLength = (host: string): number =>
  `Host(\`${host}\`) && Path(\`${challengePath}${'t'.repeat(tokenLength)}\`)`.length;

/** On plain HTTP no router has priority over cert-manager's HTTP-01 solver. */
const solverReachable: Rule = {
  name: 'solver-reachable',
  check: (objects) =>
    routersOf(objects).flatMap((router): Breach[] => {
      const { object, path, rule, host, priorityPath, tlsPath, isSolver } = router;
      if (isSolver || !isOnWeb(router)) return [];
      const breaches: Breach[] = [];
      if (priorityPath !== undefined) {
        const message =
          'sets a priority by hand, which can come before the HTTP-01 solver: leave it to the length of the rule';
        breaches.push({ object, path: priorityPath, message });
      }
      if (router.entryPoints?.includes('web') && tlsPath !== undefined) {
        const message = 'demands TLS on the entry point web, where Traefik then answers 404: leave TLS to websecure';
        breaches.push({ object, path: tlsPath, message });
      }
      if (rule.includes(challengePath.slice(0, -1)) || rule.length >= solverRuleLength(host ?? '')) {
        const message = `has the rule ${rule}, which comes before the HTTP-01 solver's: shorten it, and leave ${challengePath} to cert-manager`;
        breaches.push({ object, path, message });
      }
      return breaches;
    }),
};

/** Each host of an Ingress with TLS is in a certificate, and hosts of different Ingresses do not share a Secret. */
const ownCertificate: Rule = {
  name: 'own-certificate',
  check: (objects) => {
    const ingresses = ofKind(objects, 'Ingress').filter(({ spec }) => spec.tls !== undefined);
    return [...ingresses.flatMap(uncovered), ...ingresses.flatMap((ingress) => sharedSecrets(ingress, ingresses))];
  },
};

const hostsOf = ({ hosts = [] }: { hosts?: string[] | undefined }): string => hosts.toSorted().join(', ');

function uncovered(object: Ingress): Breach[] {
  const covered = new Set(object.spec.tls?.flatMap(({ hosts = [] }) => hosts));
  return object.spec.rules
    .filter(({ host }) => !covered.has(host) && !covered.has(host.replace(/^[^.]+/, '*')))
    .map(({ host }) => ({
      object,
      path: 'spec.tls',
      message: `does not name ${host}, so browsers warn of its certificate: name it`,
    }));
}

function sharedSecrets(object: Ingress, all: readonly Ingress[]): Breach[] {
  return (object.spec.tls ?? []).flatMap((entry, index): Breach[] => {
    const other = all.find(
      (candidate) =>
        candidate.metadata.namespace === object.metadata.namespace &&
        candidate.spec.tls?.some((one) => one.secretName === entry.secretName && hostsOf(one) !== hostsOf(entry)),
    );
    if (entry.secretName === undefined || other === undefined) return [];
    const message = `is that of Ingress ${other.metadata.name} with other hosts, so one certificate replaces the other: use a Secret for each`;
    return [{ object, path: `spec.tls[${index}].secretName`, message }];
  });
}

export const httpsRules = [noGlobalRedirect, redirectsOnWeb, httpsByRedirect, solverReachable, ownCertificate];
