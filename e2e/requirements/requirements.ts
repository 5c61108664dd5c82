import { asvs } from './asvs.ts';
import { backChannelLogout, rpInitiatedLogout } from './openid-logout.ts';
import { rfc6265bis } from './rfc6265bis.ts';
import { rfc7009 } from './rfc7009.ts';
import { rfc9700 } from './rfc9700.ts';
import type { Requirement, Standard } from './standard.ts';
import { store } from './store.ts';
import { requirementAnnotation } from '../report/outcome.ts';

const all = [asvs, rfc9700, rfc6265bis, rpInitiatedLogout, backChannelLogout, rfc7009, store] as const;

type IdIn<Of> = Of extends Standard<infer Name, infer Id> ? `${Name} ${Id}` : never;
type RequirementId = IdIn<(typeof all)[number]>;

export const standards: readonly Standard[] = all;

/** Every requirement by the id that a test names: `ASVS 7.2.4`. */
export const requirements: Readonly<Record<string, Requirement>> = Object.fromEntries(
  standards.flatMap(({ name, requirements: rows }) => Object.entries(rows).map(([id, row]) => [`${name} ${id}`, row])),
);

/**
 * The annotations of a test that shows requirements: it fails when the product violates one of them.
 * `docs/requirements.md` has all.
 */
export const shows = (...ids: RequirementId[]) => ids.map((id) => ({ type: requirementAnnotation, description: id }));
