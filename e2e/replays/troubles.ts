/** What can be wrong for a while, with words for when it begins and ends. */
export const troubleSentences = {
  'token endpoint down': ['the token endpoint of Authentik answers 503', 'Authentik is well again'],
  'Authentik down': ['Authentik answers 503', 'Authentik is well again'],
  'Authentik slow': ['Authentik takes 6 s for new tokens', 'Authentik is fast again'],
  'Authentik busy': ['Authentik takes 2.5 s to store new tokens', 'Authentik is fast again'],
  'another client secret': [
    'Authentik has another client secret than the app',
    'both have the same client secret again',
  ],
  'paused pod': ['the pod that renews tokens stands still for 8 s', 'it has gone on'],
  'killed pod': ['the pod that renews tokens is killed', 'it has started again'],
  'replaced pod': ['the pod that renews tokens is replaced', 'the next pod is ready'],
  'refused writes': ['Redis takes no writes when the new tokens come', 'Redis takes writes again'],
  Redis: ['Redis does not answer', 'Redis answers again'],
} as const;
export type Trouble = keyof typeof troubleSentences;
