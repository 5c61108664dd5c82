/** Reasons why a sign-in failed or is needed again, as in `/sign-in?failed=`, and the text that the page shows. */
export const signInFailures = {
  unfinished: 'That attempt did not finish. Please start again.',
  cancelled: 'Signing in was cancelled. You can start again.',
  unavailable: 'Authentik, where you sign in, did not finish it. Please try again in a moment.',
  misconfigured:
    'Signing in does not work: Authentik and this app are not set up for each other. Please tell your administrator.',
  ended: 'Your session has ended. Please sign in again.',
  idle: 'You were signed out because you were away for too long. Please sign in again.',
} as const;

export type SignInFailure = keyof typeof signInFailures;

/** The text for a reason from a URL; undefined for an unknown reason. */
export const signInFailure = (reason: unknown): string | undefined =>
  typeof reason === 'string' && Object.hasOwn(signInFailures, reason)
    ? signInFailures[reason as SignInFailure]
    : undefined;
