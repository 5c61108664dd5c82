/** Why a sign-in failed, or one is needed again, as `/sign-in?failed=` says it, and what the page says then. */
const signInFailures = {
  unfinished: 'That attempt did not finish. Please start again.',
  cancelled: 'Signing in was cancelled. You can start again.',
  unavailable: 'Authentik, where you sign in, could not be reached. Please try again in a moment.',
  misconfigured:
    'Signing in does not work: Authentik and this app are not set up for each other. Please tell your administrator.',
  idle: 'You were signed out because you were away for too long. Please sign in again.',
} as const;

export type SignInFailure = keyof typeof signInFailures;

/** The sentence for a reason out of an address; undefined for anything else. */
export const signInFailure = (reason: unknown): string | undefined =>
  typeof reason === 'string' && Object.hasOwn(signInFailures, reason)
    ? signInFailures[reason as SignInFailure]
    : undefined;
