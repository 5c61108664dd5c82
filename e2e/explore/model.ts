import type { AppName } from '../../apps/environment/apps.ts';
import { contract } from '../contract.ts';

export const peopleNames = ['anna', 'ben'] as const;
export type PersonName = (typeof peopleNames)[number];
export const browserNames = ['laptop', 'phone'] as const;
export type BrowserName = (typeof browserNames)[number];

/** An app in a browser. A browser has at most one session of each app. */
export interface Place {
  browser: BrowserName;
  app: AppName;
}

/** A user saw, or Redis or Authentik received, what the model does not allow: a fault of the product. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** The first or the second pod of an app. */
export type PodIndex = 0 | 1;

/** What a user sees: the page or data, a request to sign in, or a sentence about an outage. */
export type UserOutcome = 'served' | 'refused' | 'unavailable';

export interface ModelSession extends Place {
  person: PersonName;
  /** It has ended, and must not be accepted any more. */
  over: boolean;
  /** It was not used for hours since its tokens were issued. */
  unused: boolean;
  /** It was idle for longer than the app allows, so its next request ends it. */
  idle: boolean;
  /** Authentik refuses to refresh its tokens, so it ends at the next refresh. */
  revoked: boolean;
  due: boolean;
  /** Whether platform-api accepts its access token. */
  token: 'good' | 'unsure' | 'used up';
}

/** How the token endpoint responds: immediately, after a moment, later than a request waits for it, or with errors. */
export type AuthentikState = 'well' | 'slow' | 'very slow' | 'failing';

/** What the apps guarantee to users, without implementation details (docs/decisions 11 to 13, 15 and 16). */
export class Model {
  /** Every session so far, the oldest first. */
  readonly sessions: ModelSession[] = [];
  authentik: AuthentikState = 'well';
  /** How far Authentik's clock is ahead of that of the pods. */
  clockSeconds = 0;
  /** The user who has entered a password at Authentik in a browser, even if the sign-in failed, and so needs none. */
  readonly knownIn = new Map<BrowserName, PersonName>();

  /** The session whose cookie a browser sends to an app. */
  at({ browser, app }: Place): ModelSession | undefined {
    return this.sessions.findLast((session) => session.browser === browser && session.app === app);
  }

  livingAt(place: Place): ModelSession | undefined {
    const session = this.at(place);
    return session?.over ? undefined : session;
  }

  /** The session of a place whose next refresh succeeds if Authentik responds. */
  renewableAt(place: Place): ModelSession | undefined {
    const session = this.livingAt(place);
    return session?.idle || session?.revoked ? undefined : session;
  }

  sessionsOf(app: AppName): ModelSession[] {
    return this.sessions.filter((session) => session.app === app);
  }

  get living(): ModelSession[] {
    return this.sessions.filter(({ over }) => !over);
  }

  get ended(): ModelSession[] {
    return this.sessions.filter(({ over }) => over);
  }

  /** Whether Authentik issues tokens within the time that the callback of a sign-in waits for them. */
  get canSignIn(): boolean {
    return this.authentik === 'well' || this.authentik === 'slow';
  }

  /** The previous session of the place ends. */
  signedIn(place: Place, person: PersonName): ModelSession {
    const previous = this.at(place);
    if (previous) previous.over = true;
    const session: ModelSession = { ...place, person, over: false, idle: false, revoked: false, ...this.newTokens() };
    this.sessions.push(session);
    return session;
  }

  leave(session: ModelSession, hours: number): void {
    session.unused = true;
    const limits = contract.idleSeconds[session.app];
    if (hours * 3600 > contract.lifetimeSeconds) session.over = true;
    else if (limits !== undefined && hours * 3600 > limits) session.idle = true;
    else session.due = true;
  }

  /** Authentik refuses every refresh token that it has issued to a user. */
  revoked(person: PersonName): void {
    for (const session of this.living) if (session.person === person) session.revoked = true;
  }

  /** Authentik signs with a new key, and may no longer publish the old one. */
  keysChanged(oldKeyStays: boolean): void {
    for (const session of this.living) if (!oldKeyStays && session.token === 'good') session.token = 'unsure';
  }

  everySessionLost(): void {
    for (const session of this.living) session.over = true;
  }

  /** Every outcome that a request of a session may have now. */
  outcomes(session: ModelSession): UserOutcome[] {
    const { over, idle, revoked, due, token } = session;
    if (over || idle) return ['refused'];
    const mustRenew = due || token === 'used up';
    if (!mustRenew && token === 'good') return ['served'];
    const renewed: UserOutcome = revoked ? 'refused' : 'served';
    const withoutRenewal = { good: ['served'], unsure: ['served', 'unavailable'], 'used up': ['unavailable'] } as const;
    if (this.authentik === 'failing') return [...withoutRenewal[token]];
    if (this.authentik === 'very slow') return [...withoutRenewal[token], renewed];
    return mustRenew ? [renewed] : ['served', renewed];
  }

  /** Updates the model after a request of a session had this outcome. */
  saw(session: ModelSession, outcome: UserOutcome): void {
    if (outcome === 'refused') session.over = true;
    if (outcome !== 'served' || !(session.due || session.token === 'used up')) return;
    // A refresh that takes longer than its request continues, and its end cannot be observed.
    if (this.authentik === 'very slow') Object.assign(session, { due: false, token: 'unsure' });
    if (this.canSignIn) Object.assign(session, this.newTokens());
  }

  /** With clock skew the remaining lifetime of a token is uncertain by minutes. */
  newTokens(): Pick<ModelSession, 'unused' | 'due' | 'token'> {
    return { unused: false, due: false, token: this.clockSeconds === 0 ? 'good' : 'unsure' };
  }
}
