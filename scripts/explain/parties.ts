/** An app of a recording, and what tells its requests apart. */
export interface Site<App extends string = string> {
  name: App;
  hosts: ReadonlySet<string>;
  /** Paths to which the provider sends the user back. */
  callbacks: readonly string[];
  /** `POST /logout`. */
  signOuts: readonly string[];
  /** Pages at which a sign-in begins: a redirect to one is a refusal. */
  starts: ReadonlyArray<string | RegExp>;
  /** The names of the cookies that hold the session. Undefined: the recording does not show them. */
  cookies: readonly string[] | undefined;
  /** The header that names the pod. */
  podHeader: string | undefined;
  /** Of an app that is described. */
  routes?: Routes;
}

/** What only signed-in users get: an unknown path of a recording is replaced by a known one of its kind. */
export interface Routes {
  session: string;
  api: readonly string[];
  pages: readonly string[];
  publicPages: readonly string[];
}

export interface Provider {
  /** As sentences call it. */
  name: string;
  /** Undefined: nobody signs in in this recording, so that any other host may be it. */
  host: string | undefined;
}

/** Who takes part in a recording. */
export interface Parties<App extends string = string> {
  sites: ReadonlyArray<Site<App>>;
  provider: Provider;
  /** All hosts of the provider. */
  providerHosts: ReadonlySet<string>;
  advice: Advice;
}

/** What a reason of an app says (`x-session-reason`). */
interface Reason {
  means: string;
  next: string;
  status: number;
  perPod: string | undefined;
}

/** A request that something is to be looked up about. */
export interface Looked {
  app: string;
  at: number;
  pod?: string | undefined;
  requestId?: string | undefined;
  outcome: { statusThere?: number | undefined };
}

/** What is known of the apps of a recording beside it, and what to look at next. */
export interface Advice {
  /** By the value of the header; none of an app that is not described. */
  reasons: Readonly<Record<string, Reason>>;
  /** What to look at after a sign-in that led back with this `failed=`. */
  failures: Readonly<Record<string, (app: string) => string>>;
  /** In what pods can differ, without a reason. */
  perPod: string;
  /** What finds the line that a pod has written about a request. */
  logOf(request: Looked): string;
  /** What could have ended a session without a trace in a recording, and the check for each. */
  checks(request: Looked): string[];
  /** A browser that did not follow a sign-out. */
  blockedSignOut: string;
  /** A sign-out that the provider refused, or that led elsewhere. */
  wrongSignOut(request: Looked): string[];
  /** Where to read how to record, as the end of a sentence. */
  howToRecord: string;
}
