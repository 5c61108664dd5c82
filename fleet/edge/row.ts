/** Who sent a request: a browser or API client of a test (by its client id), a pod of the fleet, or unknown. */
export type ClientKind = 'browser' | 'api' | 'pod' | 'unknown';

export interface LedgerRow {
  /**
   * 1, 2, 3 … in the order in which requests arrived. Not a cursor, which counts rows in the order in which their
   * responses end.
   */
  seq: number;
  /**
   * Milliseconds since the epoch at which the request arrived. Like `kind`, it is for people who read the rows.
   */
  at: number;
  /** Milliseconds from the request's arrival to the end of the response. */
  ms: number;
  /** Client id from `x-edge-client`, or the pod's name for a pod, else empty. */
  client: string;
  kind: ClientKind;
  method: string;
  /** Absolute URL as requested, with token-like query values redacted (`id_token_hint`, `code`, `state`, …). */
  url: string;
  /** 0: no response was sent, because the client left first or sent no request at all. */
  status: number;
  /** The Service that the route points at; empty for egress and for responses of the edge. */
  service: string;
  /** The pod that the edge chose. Empty: the edge responded itself. */
  pod: string;
  /** `x-served-by` of the response. If it differs from `pod` and both are set, the pod attribution is wrong. */
  servedBy: string;
  revision: string;
  /** `x-session-reason` of the response: why the app refused the request, or sent it to the sign-in page. */
  reason: string;
  /** `x-request-id` of the response, which log lines of the apps and of platform-api have. */
  requestId: string;
  /** `Location` of the response, redacted like `url`. */
  location: string;
  /** The label of the session that the request belongs to: the app's own, as in its log lines, if it has one. Empty: none. */
  session: string;
  /** Names of the cookies that the request has. */
  cookies: string[];
  pinned: boolean;
  /**
   * `egress`: a host outside the fleet, refused with 421. `edge`: a response of the edge itself (redirect, 502, 503,
   * 404).
   */
  outcome: 'proxied' | 'egress' | 'edge';
  /**
   * Why no upstream responded, or why its response was aborted: ECONNREFUSED, ECONNRESET, NO_ENDPOINTS,
   * PIN_NOT_AN_ENDPOINT, NO_ROUTE; NO_REQUEST or a TLS code for a CONNECT without a request. CLIENT_ABORTED: the client
   * left (a closed tab, an abandoned SSE stream). Empty when there was no error.
   */
  error: string;
}

/** A pod that a Service may send traffic to. */
export interface Endpoint {
  pod: string;
  host: string;
  port: number;
  /** It is outside the fleet, and serves this protocol; `https` with a certificate for `host`. */
  outside?: 'http' | 'https';
}

export interface Route {
  host: string;
  /** `/` or `/prefix`; the longest match wins. */
  path: string;
  /** `web` is plain http, `websecure` is TLS. */
  entryPoint: 'web' | 'websecure';
  service: string;
  /** Redirect the client to HTTPS with the same host, path and query: 301 for GET and HEAD, 308 for other methods. */
  redirectToHttps?: boolean;
  /** Keep each client on its first pod by a cookie, like Traefik with a sticky Service. */
  sticky?: boolean;
}

/** The routes of a fleet, and the endpoints of each Service that they name. */
export interface Routing {
  routes: readonly Route[];
  endpoints: Readonly<Record<string, readonly Endpoint[]>>;
}

/** Sends a client's matching requests to one pod instead of balancing them. The first match wins. */
export interface Pin {
  service: string;
  /** Path prefix; absent: every path. */
  path?: string;
  pod: string;
}
