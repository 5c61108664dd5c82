/** Finds the local listener of a Service port; undefined when there is no such Service or port. */
export type ServiceLookup = (service: string, port: number) => { host: string; port: number } | undefined;

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, redis: 6379, rediss: 6379, ws: 80 };

/** scheme, user info, host, port, the rest */
const url = /^([a-z][a-z0-9+.-]*):\/\/((?:[^@/?#]*@)?)([a-z0-9.-]+)(?::(\d+))?([/?#].*)?$/i;

/**
 * Replaces a Service in a URL with its listener on this machine, because there is no cluster DNS:
 * `redis://dezky-data:6379/1`, `http://platform-api`. A name or port without a Service stays unchanged: it cannot be
 * resolved here, and would not be reachable in a cluster.
 */
export function withLocalServices(value: string, namespace: string, lookup: ServiceLookup): string {
  const [, scheme = '', user = '', host = '', port, rest = ''] = url.exec(value) ?? [];
  const number = port === undefined ? defaultPorts[scheme.toLowerCase()] : Number(port);
  const local = number === undefined ? undefined : lookup(serviceName(host, namespace), number);
  return local ? `${scheme}://${user}${local.host}:${local.port}${rest}` : value;
}

/**
 * `dezky-data`, `dezky-data.dezky`, `dezky-data.dezky.svc` and `dezky-data.dezky.svc.cluster.local` are the same name.
 */
function serviceName(host: string, namespace: string): string {
  for (const suffix of ['.cluster.local', '.svc', `.${namespace}`]) {
    if (host.endsWith(suffix)) host = host.slice(0, -suffix.length);
  }
  return host;
}
