import { sessionReasons, type SessionReason } from '../../apps/environment/session-reasons.ts';

/** What the reason of an app says about the cause, and what to look at next (docs/sessions.md). */
export const reasonMeanings: Readonly<Record<SessionReason, { means: string; next: string }>> = {
  none: {
    means: 'The browser sent no session cookie.',
    next: 'Look at the cookies of the browser: it was blocked, cleared or has expired, or the user never signed in.',
  },
  unsealed: {
    means:
      'The pod cannot open the session cookie: its NUXT_OIDC_SESSION_SECRET is not that of the pod that set it, or the cookie was changed on its way.',
    next: 'Compare the secret of the pods: kubectl rollout status, and whether a pod still has the old one.',
  },
  missing: {
    means: 'The store of the pod has no such session, and does not know that it ended.',
    next: 'Look whether every pod has the same SESSION_REDIS_URL, and in Redis at evicted_keys (INFO) and restarts.',
  },
  unreadable: {
    means:
      'The pod cannot decrypt the tokens of the session: its NUXT_OIDC_TOKEN_KEY is not that of the pod that stored them, or the entry was changed.',
    next: 'Compare the key of the pods: kubectl rollout status, and whether a pod still has the old one.',
  },
  mismatched: {
    means:
      'The tokens of the session are those of another user than the cookie: somebody changed the entry in the store.',
    next: 'Look who may write to Redis, and end the sessions of both users: its log of commands (ACL LOG, MONITOR).',
  },
  'store-unavailable': {
    means: 'Redis did not answer, or refused a command.',
    next: 'Look at the pod of Redis and at the log of the app: "Session storage".',
  },
  'not-renewed': {
    means:
      'The access token has expired and Authentik issued no other one: it did not answer, or it refused the app itself (its client secret), not the user.',
    next: 'Look for "Tokens could not be renewed" in the log of the app, which names the response. invalid_client: the client secret.',
  },
  refused: {
    means:
      'The app could not renew the tokens, and took it for a refusal: the refresh token was revoked, used twice or has expired, the user is deactivated, or Authentik answered with an error such as 503.',
    next: "Look at Authentik's log of events for this user, and whether many users are refused at once.",
  },
  'ended-at-authentik': {
    means: "The last refresh showed that the user's session at Authentik has ended.",
    next: "Look at Authentik's log of events for this user. Without such an end, look at the claims of the id token: sid.",
  },
  idle: {
    means: 'The session was not used for longer than the app allows.',
    next: 'Nothing is wrong, unless the user was active: then look at the clocks of the pods.',
  },
  'too-old': {
    means: 'The user entered the password longer ago than the app allows.',
    next: 'Nothing is wrong, unless it was less: then compare the clocks of Authentik and the pods.',
  },
  'signed-out': { means: 'The user signed out.', next: 'Nothing is wrong.' },
  'back-channel': {
    means: 'A logout token ended the session: after a sign-out elsewhere, or by an administrator.',
    next: "Look at Authentik's log of events for this user. Without such an end, the token was of another session, app or issuer.",
  },
  replaced: { means: 'The user signed in again in the same browser.', next: 'Nothing is wrong.' },
};

/** Reasons after which a signed-in user is refused rightly. */
export const isRight: ReadonlySet<string> = new Set<SessionReason>([
  'idle',
  'too-old',
  'signed-out',
  'back-channel',
  'replaced',
]);

/** A header's value as a reason; undefined when it is none, so that other texts are never printed. */
export const reasonNamed = (text: string | null | undefined): SessionReason | undefined =>
  sessionReasons.find((reason) => reason === text);
