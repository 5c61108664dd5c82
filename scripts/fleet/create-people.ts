import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import { demoPeople } from '../../fixtures/demo-people.ts';

/** Creates the people that a developer signs in as. */
export async function createPeople(fleet: Fleet): Promise<void> {
  const authentik = new AuthentikControl(fleet.authentikControl);
  for (const person of demoPeople(Date.now())) await authentik.createUser(person);
}
