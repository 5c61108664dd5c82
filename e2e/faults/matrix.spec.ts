import { appNames } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { ingressLagMs, wholeFleet } from '../models/recovery.ts';
import { cellAnnotation } from '../report/outcome.ts';
import { runRequest } from '../run-request.ts';
import { tryCells, type SeenCell } from './cells.ts';
import { faults } from './faults.ts';
import { momentNames, moments, type MomentName } from './moments.ts';

const appName = layerApp('portal');
const otherApp = appNames.find((name) => name !== appName)!;

const isAlone = (moment: MomentName): boolean => moments[moment].alone === true;

/** `fault: moment`, as `--matrix` names a cell. */
const nameOf = (fault: string, moment: MomentName): string => `${fault}: ${moment}`;

/** The moments at which a run tries a fault: all that match `--matrix`, or the two worst ones in the suite. */
const chosen = (fault: (typeof faults)[number]): readonly MomentName[] => {
  const { matrix } = runRequest;
  if (matrix === undefined) return fault.worst;
  const pattern = new RegExp(matrix);
  return momentNames.filter((moment) => pattern.test(nameOf(fault.name, moment)));
};

const atWhich = runRequest.matrix === undefined ? 'at its two worst moments' : 'at each moment';

for (const fault of faults) {
  const names = chosen(fault);
  const groups = [names.filter((name) => !isAlone(name)), ...names.filter(isAlone).map((name) => [name])];
  for (const group of groups.filter(({ length }) => length > 0)) {
    test.describe(fault.name, () => {
      test.use({ appName, needs: ['store', 'authentik-control', ...(fault.needs ?? [])] });
      test(
        group.length === 1 && isAlone(group[0]!) ? group[0]! : atWhich,
        { tag: (fault.tags ?? []).map((tag) => `@${tag}`) },
        async ({ apps, authentik, fleet, newHttpSession, newPerson, newRequests, sessionStore }) => {
          const world = {
            fleet,
            appName,
            otherApp,
            authentik,
            sessionStore,
            sessions: [],
            newPerson,
            newHttpSession,
            newRequests,
          };
          const seen = await tryCells(fault, group, world);
          for (const { moment, saw } of seen)
            test.info().annotations.push({
              type: cellAnnotation,
              description: `${nameOf(fault.name, moment)}: ${saw.join(', ')}`,
            });
          await wholeFleet(fleet, apps, fault.withoutPod ? ingressLagMs : 0);
          const wrong = seen.flatMap(({ moment, faults: its }: SeenCell) =>
            its.map((what) => `${nameOf(fault.name, moment)}: ${what}`),
          );
          expect(wrong, 'what is not as the table of faults says').toEqual([]);
        },
      );
    });
  }
}
