import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { algorithms, clockToleranceSeconds } from './verification.ts';

/** The claims of a valid logout token. At least one of `sid` and `sub` is present. */
export interface LogoutToken {
  jti: string;
  /** Seconds since the epoch. */
  exp: number;
  sid?: string | undefined;
  sub?: string | undefined;
}

/** The issuer and the audience that a logout token must have. */
export interface Realm {
  issuer: string;
  clientId: string;
}

/** The logout token is invalid. The message is a reason that may be logged and sent to Authentik. */
export class LogoutTokenRefused extends Error {}

/** The member of `events` that makes a token a logout token (Back-Channel Logout 1.0 section 2.4). */
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/**
 * The longest accepted lifetime, because each `jti` is stored until the token expires. Authentik uses that of access
 * tokens.
 */
const longestSeconds = 24 * 60 * 60;

const claims = z
  .object({
    jti: z.string().min(1),
    iat: z.int(),
    exp: z.int(),
    sid: z.string().min(1).optional(),
    sub: z.string().min(1).optional(),
    events: z.object({ [logoutEvent]: z.looseObject({}) }),
    // An id token has a nonce, and must never be accepted as a logout token.
    nonce: z.never().optional(),
  })
  .refine(({ sid, sub }) => sid !== undefined || sub !== undefined);

/**
 * Validates a logout token (Back-Channel Logout 1.0 section 2.6). Its type tells it apart from an id token, which has no
 * nonce when the sign-in had none (section 4.1).
 * @throws LogoutTokenRefused; KeysUnavailable of `keys`.
 */
export const verifyLogoutToken = async (
  token: string,
  { issuer, clientId }: Realm,
  keys: JWTVerifyGetKey,
  now = new Date(),
): Promise<LogoutToken> => {
  const { payload } = await jwtVerify(token, keys, {
    algorithms,
    issuer,
    audience: clientId,
    typ: 'logout+jwt',
    clockTolerance: clockToleranceSeconds,
    currentDate: now,
  }).catch((cause: unknown) => {
    if (cause instanceof errors.JOSEError) throw new LogoutTokenRefused(sentenceOf(cause));
    throw cause;
  });
  const read = claims.safeParse(payload);
  if (!read.success) throw new LogoutTokenRefused(reasonOf(read.error));
  const { jti, iat, exp, sid, sub } = read.data;
  if (iat > now.getTime() / 1000 + clockToleranceSeconds) throw new LogoutTokenRefused('it was issued in the future');
  if (exp - iat > longestSeconds) throw new LogoutTokenRefused('it lasts for more than a day');
  return { jti, exp, sid, sub };
};

/** Names of claims only: anyone can send a token, and its values must not reach the log. */
const reasonOf = ({ issues }: z.ZodError): string =>
  `wrong claims: ${[...new Set(issues.map(({ path: [claim = 'sid and sub'] }) => String(claim)))].join(', ')}`;

/** A message for each kind of error, because jose's own messages contain values of the token. */
const sentenceOf = (error: errors.JOSEError): string => {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `wrong claims: ${error.claim}`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not accepted';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  if (error instanceof errors.JWKSNoMatchingKey) return 'its issuer does not have the key that signed it';
  return 'it is no valid token';
};
