/** Temporary disruptions, with the sentences for their start and end. */
export const disruptionSentences = {
  'token endpoint down': ['the token endpoint of Authentik answers 503', 'Authentik is available again'],
  'Authentik down': ['Authentik answers 503', 'Authentik is available again'],
  'Authentik slow': ['Authentik takes 6 s for new tokens', 'Authentik is fast again'],
  'Authentik busy': ['Authentik takes 2.5 s to store new tokens', 'Authentik is fast again'],
  'another client secret': [
    'Authentik has another client secret than the app',
    'both have the same client secret again',
  ],
  'paused pod': ['the pod that renews tokens is paused for 8 s', 'it is running again'],
  'killed pod': ['the pod that renews tokens is killed', 'it has started again'],
  'replaced pod': ['the pod that renews tokens is replaced', 'the next pod is ready'],
  'refused writes': ['Redis refuses the write of the new tokens', 'Redis accepts writes again'],
  Redis: ['Redis does not answer', 'Redis answers again'],
} as const;
export type Disruption = keyof typeof disruptionSentences;
