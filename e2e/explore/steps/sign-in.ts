import { httpsOf } from '../../../fleet/hosts.ts';
import { signInByHttp } from '../../models/sign-in-by-http.ts';
import { Violation, type Place } from '../model.ts';
import type { StepKinds } from '../step.ts';

export const at = ({ app, browser }: Place): string => `${app} on the ${browser}`;

/** Signing in: for the first time, again, as another user, to the other app, on another device. */
export const signInSteps: StepKinds<'sign in'> = {
  'sign in': {
    sentence: (step) => `${step.person} signs in to ${at(step)}`,
    applies: () => true,
    perform: async (step, model, world) => {
      const { browser, app, person } = step;
      const client = world.browser(browser);
      const isKnown = model.knownIn(browser) === person;
      // The previous user's session at Authentik ends, as when it expires. The apps are not notified.
      if (!isKnown) client.cookies(httpsOf(world.fleet.hosts.auth)).clear();
      const canSignIn = model.canSignIn;
      const result = await signInByHttp(client, world.originOf(app), world.person(person)).then(
        (askedPassword) => ({ askedPassword }),
        (error: Error) => error,
      );
      model.nameGiven(browser, person);
      const what = `${person}'s sign-in to ${at(step)}`;
      if (result instanceof Error) {
        if (canSignIn) throw new Violation(`${what} failed. ${result.message}`);
        return;
      }
      if (!canSignIn) throw new Violation(`${what} succeeded; wanted a failure while Authentik is ${model.authentik}.`);
      if (result.askedPassword === isKnown)
        throw new Violation(`${what} ${isKnown ? 'asked again for the password' : 'asked for no password'}.`);
      await world.remember(model.signedIn(step, person));
    },
  },
};
