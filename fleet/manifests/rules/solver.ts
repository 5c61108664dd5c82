import { isOnWeb, routersOf } from './routers.ts';
import type { Breach, Rule } from './rule.ts';

const challengePath = '/.well-known/acme-challenge/';
/** Characters of an HTTP-01 token (RFC 8555 section 8.3: at least 128 bits of entropy; Let's Encrypt sends 43). */
const tokenLength = 43;

/** The rule length of the router for cert-manager's solver Ingress. Traefik uses this length as the priority. */
const solverRuleLength = (host: string): number =>
  `Host(\`${host}\`) && Path(\`${challengePath}${'t'.repeat(tokenLength)}\`)`.length;

/** On plain HTTP no router has priority over cert-manager's HTTP-01 solver. */
export const solverReachable: Rule = {
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
      if (rule.includes(challengePath.slice(0, -1))) {
        const message = `takes ${challengePath} away from the HTTP-01 solver: leave that path to cert-manager`;
        breaches.push({ object, path, message });
      } else if (rule.length >= solverRuleLength(host ?? '')) {
        const message = `has the rule ${rule}, longer than the HTTP-01 solver's, and so comes before it: shorten it`;
        breaches.push({ object, path, message });
      }
      return breaches;
    }),
};
