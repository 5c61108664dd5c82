import { sessionReasons, type SessionReason } from '../../../apps/environment/session-reasons.ts';

/** The next step when a session cookie was sent and the request is refused for this reason. */
export const nextStepFor = (reason: SessionReason): string =>
  reason === 'none'
    ? 'a session cookie was sent, but the pod received none: check whether a proxy removes it, and whether it is the session cookie of this app'
    : sessionReasons[reason].next;

/** The next step when an app cannot store a session, and reads from the store well. */
export const storeRefusesWrites =
  'Redis answers and refuses writes, as one that is a replica, full or unable to save does: kubectl exec deployment/dezky-data -- redis-cli info, and there role, maxmemory and the statuses of persistence';

/** Of all pods: kubectl reads that of one when it is given a Deployment. */
export const logsOf = (app: string): string => `kubectl logs -l app.kubernetes.io/name=${app} --prefix --tail=-1`;

/** The next step after an answer without the name of a pod, where pods name themselves. */
export const inFrontOfPods = (app: string): string =>
  `that answer names no pod, as those of ${app} do, so it is of what is before them: look at the rules of the ingress, of a firewall and of the CDN`;

/** The next step when a sign-in led back to the sign-in page with `failed=`, by its value. */
export const nextAfterFailure: Readonly<Record<string, (app: string) => string>> = {
  unavailable: (app) =>
    `the client secret or the issuer of ${app} is not that of Authentik, its token endpoint, its key set or Redis gave no answer, or the clocks differ; the log says which: ${logsOf(app)}`,
  misconfigured: (app) =>
    `its provider gives no refresh token (scope mapping offline_access), or its tokens are not for ${app}; the log says which: ${logsOf(app)}`,
  unfinished: (app) =>
    `the pod of the callback did not get, or cannot read, what the sign-in began with: compare NUXT_OIDC_AUTH_SESSION_SECRET of the pods, and look whether something on the way removes cookies or the query of the callback; ${logsOf(app)}`,
};
