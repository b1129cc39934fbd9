// SPDX-License-Identifier: Apache-2.0
import type { ResourceObject } from '../../controller/index.ts';
import type { Question, StreamQuestion } from '../../match/index.ts';
import { formatNamespacedName, NearbyObjects } from '../../values/index.ts';
import { listAt, textAt, valueAt } from '../json-path.ts';
import { lineText } from '../paint.ts';
import type { ResourceSource } from '../resource-source.ts';

/** Kinds of routes that a Service may have as their parent, and the flag that asks about what they decide. */
const FLAGS = { HTTPRoute: '--http', GRPCRoute: '--grpc', TLSRoute: '--tls', TCPRoute: '--tcp' } as const;
type RouteKind = keyof typeof FLAGS;
const KINDS = Object.keys(FLAGS) as RouteKind[];

/** What there is to say where no route decides about a port of a Service. */
export interface UnroutedService {
  /** Connections go to the Service as they do without daemun. */
  readonly isUntouched: boolean;
  readonly text: string;
}

type Asked = Question | StreamQuestion;

/** Of a Service that nothing was found for: it has no such routes, or is no Service that has ports of its own. null: the question is about none. */
export async function unroutedService(
  question: Asked,
  source: Pick<ResourceSource, 'list'>,
): Promise<UnroutedService | null> {
  if (question.to === null) return null;
  const { service: name } = question.to;
  const port = question.to.port ?? portOf(question);
  const services = await source.list('Service');
  const service = services.find(({ metadata }) => formatNamespacedName(metadata) === name);
  if (service === undefined) return refused(missingText(name, services));
  const fault = faultOf(service, port);
  if (fault !== undefined) return refused(`Service ${name} ${fault}`);
  const asked = port === null ? name : `${name}:${port}`;
  if (kindsFor(question).length === 0)
    return untouched(`no route of a Service is about datagrams, so those to ${asked} are left as they are`);
  const routes = await routesOf(service, port, source);
  const [route] = routes.filter(({ kind }) => kindsFor(question).includes(kind));
  if (route !== undefined)
    return refused(
      `${route.name} has Service ${name} as its parent, but does not apply here: its conditions, and those of the Service, say why (daemun describe)`,
    );
  const [other] = routes;
  if (other !== undefined)
    return refused(
      `${other.name} has Service ${name} as its parent, but decides about another kind of traffic: ask with ${FLAGS[other.kind]}`,
    );
  return untouched(`no route has Service ${asked} as its parent, so connections to it are left as they are`);
}

function refused(text: string): UnroutedService {
  return { isUntouched: false, text: `${lineText(text)}\n` };
}

function untouched(why: string): UnroutedService {
  return { isUntouched: true, text: `Flow a: ${why}\n` };
}

/** Of a request, only `to` says a port. */
function portOf(question: Asked): number | null {
  return 'transport' in question ? question.port : null;
}

/** Kinds that decide about such traffic. */
function kindsFor(question: Asked): readonly RouteKind[] {
  if (!('transport' in question)) return KINDS;
  switch (question.transport) {
    case 'tls':
      return ['TLSRoute', 'TCPRoute'];
    case 'tcp':
      return ['TCPRoute'];
    case 'udp':
      return [];
  }
}

/** Why no route can decide about the port. */
function faultOf(service: ResourceObject, port: number | null): string | undefined {
  const ports = listAt(service, 'spec', 'ports').map(one => textAt(one, 'port'));
  if (port !== null && !ports.includes(String(port)))
    return `has no port ${port}; it has ${ports.join(', ') || 'none'}`;
  const isHeadless = textAt(service, 'spec', 'clusterIP') === 'None';
  return isHeadless || textAt(service, 'spec', 'type') === 'ExternalName'
    ? 'has no ClusterIP, so no route can have it as its parent'
    : undefined;
}

function missingText(name: string, services: readonly ResourceObject[]): string {
  const [namespace = '', own = ''] = name.split('/');
  const near = new NearbyObjects(services.map(({ metadata }) => metadata)).near({ namespace, name: own });
  const hint = near.length === 0 ? '' : `; is ${near.map(formatNamespacedName).join(' or ')} meant?`;
  return `There is no Service ${name}${hint}`;
}

interface NamedRoute {
  readonly kind: RouteKind;
  /** `HTTPRoute namespace/name` */
  readonly name: string;
}

/** Routes that name the port of a Service, or all of them. */
async function routesOf(
  service: ResourceObject,
  port: number | null,
  source: Pick<ResourceSource, 'list'>,
): Promise<readonly NamedRoute[]> {
  const routes: NamedRoute[] = [];
  for (const kind of KINDS) {
    for (const { metadata, spec } of await source.list(kind)) {
      const isParent = listAt(spec, 'parentRefs').some(
        ref => namesService(ref, service, metadata.namespace) && mayNamePort(ref, service, port),
      );
      if (isParent) routes.push({ kind, name: `${kind} ${formatNamespacedName(metadata)}` });
    }
  }
  return routes;
}

function namesService(ref: unknown, { metadata }: ResourceObject, ownNamespace: string | undefined): boolean {
  const namespace = textAt(ref, 'namespace') || ownNamespace;
  return textAt(ref, 'kind') === 'Service' && namespace === metadata.namespace && textAt(ref, 'name') === metadata.name;
}

/** False where `port` or `sectionName` says another port of the Service; a section that it does not have is for the route's conditions to tell. */
function mayNamePort(ref: unknown, service: ResourceObject, port: number | null): boolean {
  const asked = valueAt(ref, 'port');
  if (port === null) return true;
  if (asked !== undefined && asked !== port) return false;
  const section = textAt(ref, 'sectionName');
  const named = listAt(service, 'spec', 'ports').filter(
    one => (textAt(one, 'name') || textAt(one, 'port')) === section,
  );
  return named.length === 0 || named.some(one => valueAt(one, 'port') === port);
}
