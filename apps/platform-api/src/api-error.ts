import type { UpstreamName } from './config.ts';

/** Reasons for an error response. Each has one status, so that clients can use either. */
const statuses = {
  bad_request: 400,
  missing_token: 401,
  invalid_token: 401,
  insufficient_scope: 403,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  internal_error: 500,
  not_configured: 501,
  upstream_failed: 502,
  upstream_unreachable: 502,
  upstream_timeout: 502,
  upstream_invalid: 502,
  issuer_unavailable: 503,
} as const;
export type ErrorCode = keyof typeof statuses;

/** The body of every response that is not 2xx. */
export interface ErrorBody {
  error: ErrorCode;
  /** A sentence for the user. */
  message: string;
  /** The service behind this API that caused the error. */
  upstream?: UpstreamName;
}

/**
 * The `WWW-Authenticate` value of an error (RFC 6750 section 3): no error code when there was no token,
 * `invalid_token` for 401, `insufficient_scope` for 403, none for anything else.
 */
const challengeOf = (code: ErrorCode, message: string): string | undefined => {
  if (code === 'missing_token') return 'Bearer';
  const error = { 401: 'invalid_token', 403: 'insufficient_scope' }[statuses[code] as number];
  // error_description excludes quotes, backslashes and anything outside printable ASCII (RFC 6750 section 3).
  return error && `Bearer error="${error}", error_description="${message.replace(/[^\x20-\x7e]|["\\]/g, "'")}"`;
};

/** An error response. Any module may throw it; server/error.ts sends it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly upstream: UpstreamName | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, upstream?: UpstreamName) {
    super(message);
    this.code = code;
    this.status = statuses[code];
    this.upstream = upstream;
    const challenge = challengeOf(code, message);
    this.headers = challenge ? { 'www-authenticate': challenge } : {};
  }

  get body(): ErrorBody {
    return { error: this.code, message: this.message, ...(this.upstream && { upstream: this.upstream }) };
  }
}
