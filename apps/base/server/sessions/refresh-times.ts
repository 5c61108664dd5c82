/** How long each part of a refresh may take, in milliseconds; docs/decisions/0012 has the reasoning. */
export const refreshTimes = {
  /** A request waits this long for new tokens. Then it goes on with the token it has, or answers 503. */
  wait: 4000,
  /**
   * Authentik's token endpoint. Authentik rotates whether or not somebody still listens, so giving up early loses the
   * new tokens: a minute is longer than a restart or a busy database delays an answer that still comes.
   */
  answer: 60_000,
  /** After this the lock of a pod that died is free; shorter than the 30 s before its end at which a token is renewed. */
  hold: 20_000,
  /** Between two renewals of the lock: a pod that stands still for 15 s does not lose it. */
  renewal: 5000,
  /** Between two looks at a lock that another pod holds. */
  poll: 25,
  /** Pauses between attempts to store new tokens, and how long they are attempted at all. */
  store: { first: 100, longest: 1000, total: 3_600_000 },
  /** Between two looks at the store after `invalid_grant`: together longer than the longest pause above. */
  look: 600,
} as const;
