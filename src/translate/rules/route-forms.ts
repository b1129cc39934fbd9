// SPDX-License-Identifier: Apache-2.0

/** A route is another one to each listener whose Gateway reaches backends in another way: with a certificate of its own, say. */
import type { Service } from '../../resources/index.ts';
import type { Rule } from '../../snapshot/index.ts';
import type { Attachment } from '../attach/choose-listeners.ts';
import type { ListenerTarget } from '../attach/parent-target.ts';
import { xBackendOf } from '../resolve/backend-object.ts';
import { isLocalService } from '../resolve/backend-refs.ts';
import { type BackendWay, wayName } from '../resolve/backend-way.ts';
import type { TlsOfServices } from '../resolve/service-tls.ts';
import type { XBackends } from '../resolve/x-backend.ts';
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
const GRANTS = 'ReferenceGrants/';

function isGranted({ listener }: Attachment): boolean {
  return listener.way.granted !== null;
}

function isOfNode({ listener }: Attachment): boolean {
  return listener.way.isOfNode;
}

/** What the ways of listeners make a difference to. */
interface BackendWorld {
  /** `TranslatedRoute.dependencies`. */
  readonly dependencies: readonly string[];
  readonly services: ReadonlyMap<string, Service>;
  readonly tls: TlsOfServices;
  readonly xBackends: XBackends;
}

/**
 * The ways of the listeners that a route is attached to, each once; `usual` alone where all come to the same, since nothing that the route
 * depends on is spoken to in TLS, in another namespace than the route, or for clients of its node alone.
 */
export function waysOf(
  attachments: readonly Attachment[],
  usual: BackendWay,
  { dependencies, services, tls, xBackends }: BackendWorld,
): readonly [BackendWay, ...BackendWay[]] {
  const isInTls = (object: string): boolean => {
    const xBackend = xBackendOf(object);
    // It has a certificate of its own to be shown, so that only what is passed on differs.
    if (xBackend !== undefined) return !usual.encrypts && xBackends.get(xBackend)?.tls != null;
    return object.startsWith(SERVICE) && tls.has(object.slice(SERVICE.length));
  };
  const isSecured = tls.size + xBackends.size > 0 && dependencies.some(isInTls);
  const asksGrants = asksForGrants(dependencies) && attachments.some(isGranted);
  const isLocal = (object: string): boolean =>
    object.startsWith(SERVICE) && isLocalService(services.get(object.slice(SERVICE.length)));
  const asksNode = attachments.some(isOfNode) && dependencies.some(isLocal);
  if (!isSecured && !asksGrants && !asksNode) return [usual];
  const ways = new Map(attachments.map(({ listener }) => [wayName(listener.way, usual), listener.way]));
  const [first = usual, ...others] = ways.values();
  return [first, ...others];
}

/** Whether a route refers to objects of other namespaces. */
export function asksForGrants(dependencies: readonly string[]): boolean {
  return dependencies.some(object => object.startsWith(GRANTS));
}

/** What `route` is to a listener. */
export function formAt(route: RouteForms, { way }: ListenerTarget): RouteForm {
  if (route.otherForms.length === 0) return route;
  const isSame = (form: RouteForm): boolean =>
    form.way.encrypts === way.encrypts &&
    form.way.clientSecret === way.clientSecret &&
    form.way.granted === way.granted &&
    form.way.isOfNode === way.isOfNode;
  return isSame(route) ? route : (route.otherForms.find(isSame) ?? route);
}
