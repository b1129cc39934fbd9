// SPDX-License-Identifier: Apache-2.0

import { type Listener, ownerName } from '../snapshot/index.ts';
import { hostnameMatches } from '../values/index.ts';
import type { CompiledBinding, HostOwner } from './compiled-binding.ts';
import type { CompiledListener } from './compiled-listener.ts';
import type { OtherHost, OtherListener } from './explanation.ts';

const MAX_OTHER_HOSTS = 20;
const MAX_ROUTES_PER_HOST = 3;

/** True for a listener that a question does not leave out. */
export function isAskedFor(
  listener: Listener,
  asked: { readonly gateway: string | null; readonly listener: string | null },
): boolean {
  if (asked.gateway !== null && asked.gateway !== ownerName(listener)) return false;
  return asked.listener === null || asked.listener === listener.name || asked.listener === listener.id;
}

/** Why each listener of a socket but the chosen one does not get the host (listener isolation). */
export function explainOtherListeners(
  { listeners, tlsListeners }: CompiledBinding,
  chosen: HostOwner | undefined,
  host: string,
): OtherListener[] {
  return [...listeners, ...tlsListeners]
    .filter(compiled => compiled !== chosen)
    .map(({ listener: { id, hostname } }) => ({
      id,
      hostname,
      reason: whyNotListener(hostname, chosen?.listener, host),
    }));
}

function whyNotListener(hostname: string, chosen: Listener | undefined, host: string): string {
  if (!hostnameMatches(hostname, host)) return `hostname ${hostname} does not take ${host || 'a request without host'}`;
  if (chosen === undefined || hostname === chosen.hostname) return `another listener has the hostname ${hostname} too`;
  return `hostname ${chosen.hostname} of ${chosen.name} is more specific than ${hostname}: its routes alone serve ${host}`;
}

/** The hosts of a listener under which this request does not look for routes. */
export function explainOtherHosts({ listener }: CompiledListener, host: string): OtherHost[] {
  return listener.virtualHosts
    .filter(({ hostname }) => !hostnameMatches(hostname, host))
    .slice(0, MAX_OTHER_HOSTS)
    .map(({ hostname, entries }) => {
      const routes = new Set(
        entries.map(({ rule: { origin } }) => `${origin.kind}/${origin.namespace}/${origin.name}`),
      );
      const reason = `hostname ${hostname} does not take ${host || 'a request without host'}`;
      return { host: hostname, routes: [...routes].slice(0, MAX_ROUTES_PER_HOST), reason };
    });
}
