import { duration } from '../../fleet/duration.ts';
import type { PlanStep, StoryRequest } from './plan.ts';
import { disruptionSentences } from './disruptions.ts';

const verbs = { 'sign in': 'sign in to', 'sign out': 'sign out of' } as const;

/** `GET /api/me of operator`, `sign in to operator`. */
export const requestSentence = ({ does, path, app }: StoryRequest): string =>
  does === 'sign in' || does === 'sign out' ? `${verbs[does]} ${app}` : `GET ${path} of ${app}`;

export function stepSentence(step: PlanStep): string {
  switch (step.do) {
    case 'request':
      return `${requestSentence(step.request)}${step.pod === undefined ? '' : `, on pod ${step.pod}`}`;
    case 'time passes':
      return `${duration(step.seconds * 1000)} pass`;
    case 'roll out':
      return `${step.app} rolls out${step.isRelease ? ' another build' : ''}`;
    case 'sign out on another device':
      return `the same person signs in to ${step.app} on another device, and out again`;
    case 'expiry at Authentik':
      return 'the session at Authentik expires';
    case 'disruption begins':
      return disruptionSentences[step.of][0];
    case 'disruption ends':
      return disruptionSentences[step.of][1];
  }
}
