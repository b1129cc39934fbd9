// SPDX-License-Identifier: Apache-2.0

/** A route is another one to each listener whose Gateway reaches backends in another way: with a certificate of its own, say. */
import type { Rule } from '../../snapshot/index.ts';
import type { Attachment } from '../attach/choose-listeners.ts';
import type { ListenerTarget } from '../attach/parent-target.ts';
import { type BackendWay, wayName } from '../resolve/backend-way.ts';
import type { TlsOfServices } from '../resolve/service-tls.ts';
import type { RankedEntry } from './precedence.ts';
import type { RankedStream } from './translate-stream.ts';

/** What a route is to the listeners of one way. */
export interface RouteForm {
  readonly way: BackendWay;
  /** Of a route of requests; else empty, as `entries`. */
  readonly rules: readonly Rule[];
  /** In the order written: by rule, then by match. */
  readonly entries: readonly RankedEntry[];
  /** Of a route of streams; else null. */
  readonly stream: RankedStream | null;
}

/** All forms of a route: its own, and the others, of which there are none as a rule. */
export interface RouteForms extends RouteForm {
  readonly otherForms: readonly RouteForm[];
}

const SERVICE = 'Service/';

/**
 * The ways of the listeners that a route is attached to, each once; `usual` alone where all come to the same, since no policy is for a
 * Service that the route depends on.
 */
export function waysOf(
  attachments: readonly Attachment[],
  usual: BackendWay,
  { dependencies, tls }: { readonly dependencies: readonly string[]; readonly tls: TlsOfServices },
): readonly [BackendWay, ...BackendWay[]] {
  const isConcerned =
    tls.size > 0 && dependencies.some(name => name.startsWith(SERVICE) && tls.has(name.slice(SERVICE.length)));
  if (!isConcerned) return [usual];
  const ways = new Map(attachments.map(({ listener }) => [wayName(listener.way, usual), listener.way]));
  const [first = usual, ...others] = ways.values();
  return [first, ...others];
}

/** What `route` is to a listener. */
export function formAt(route: RouteForms, { way }: ListenerTarget): RouteForm {
  if (route.otherForms.length === 0) return route;
  const isSame = (form: RouteForm): boolean =>
    form.way.encrypts === way.encrypts && form.way.clientSecret === way.clientSecret;
  return isSame(route) ? route : (route.otherForms.find(isSame) ?? route);
}
