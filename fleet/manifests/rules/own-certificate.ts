import { ofKind } from '../objects.ts';
import type { Ingress } from '../objects.ts';
import type { Breach, Rule } from './rule.ts';

/** Each host of an Ingress with TLS is in a certificate, and hosts of different Ingresses do not share a Secret. */
export const ownCertificate: Rule = {
  name: 'own-certificate',
  check: (objects) => {
    const ingresses = ofKind(objects, 'Ingress').filter(({ spec }) => spec.tls !== undefined);
    return [...ingresses.flatMap(uncovered), ...ingresses.flatMap((ingress) => sharedSecrets(ingress, ingresses))];
  },
};

const hostsOf = ({ hosts = [] }: { hosts?: string[] | undefined }): string => hosts.toSorted().join(', ');

function uncovered(object: Ingress): Breach[] {
  const covered = new Set(object.spec.tls?.flatMap(({ hosts = [] }) => hosts));
  return object.spec.rules
    .filter(({ host }) => !covered.has(host) && !covered.has(host.replace(/^[^.]+/, '*')))
    .map(({ host }) => ({
      object,
      path: 'spec.tls',
      message: `does not name ${host}, so browsers warn of its certificate: name it`,
    }));
}

function sharedSecrets(object: Ingress, all: readonly Ingress[]): Breach[] {
  return (object.spec.tls ?? []).flatMap((entry, index): Breach[] => {
    const other = all.find(
      (candidate) =>
        candidate.metadata.namespace === object.metadata.namespace &&
        candidate.spec.tls?.some((one) => one.secretName === entry.secretName && hostsOf(one) !== hostsOf(entry)),
    );
    if (entry.secretName === undefined || other === undefined) return [];
    const message = `is that of Ingress ${other.metadata.name} with other hosts, so one certificate replaces the other: use a Secret for each`;
    return [{ object, path: `spec.tls[${index}].secretName`, message }];
  });
}
