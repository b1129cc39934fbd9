// SPDX-License-Identifier: Apache-2.0
import type { ResourceObject } from '../../controller/index.ts';
import type { Question } from '../../match/index.ts';
import { formatNamespacedName, NearbyObjects } from '../../values/index.ts';
import { listAt, textAt, valueAt } from '../json-path.ts';
import { lineText } from '../paint.ts';
import type { ResourceSource } from '../resource-source.ts';

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'];

/** What there is to say where no route decides about a port of a Service. */
export interface UnroutedService {
  /** Connections go to the Service as they do without daemun. */
  readonly isUntouched: boolean;
  readonly text: string;
}

/** Of a Service that nothing was found for: it has no routes, or is no Service that has ports of its own. */
export async function unroutedService(
  { service: name, port }: NonNullable<Question['to']>,
  source: Pick<ResourceSource, 'list'>,
): Promise<UnroutedService> {
  const services = await source.list('Service');
  const service = services.find(({ metadata }) => formatNamespacedName(metadata) === name);
  const refuse = (text: string): UnroutedService => ({ isUntouched: false, text: `${lineText(text)}\n` });
  if (service === undefined) return refuse(missingText(name, services));
  const ports = listAt(service, 'spec', 'ports').map(one => textAt(one, 'port'));
  if (port !== null && !ports.includes(String(port)))
    return refuse(`Service ${name} has no port ${port}; it has ${ports.join(', ') || 'none'}`);
  if (textAt(service, 'spec', 'clusterIP') === 'None' || textAt(service, 'spec', 'type') === 'ExternalName')
    return refuse(`Service ${name} has no ClusterIP, so no route can have it as its parent`);
  const route = await routeOf(name, port, source);
  if (route !== undefined)
    return refuse(
      `${route} has Service ${name} as its parent, but does not apply here: its conditions, and those of the Service, say why (daemun describe)`,
    );
  const asked = port === null ? name : `${name}:${port}`;
  const text = `Flow a: no route has Service ${asked} as its parent, so connections to it are left as they are\n`;
  return { isUntouched: true, text };
}

function missingText(name: string, services: readonly ResourceObject[]): string {
  const [namespace = '', own = ''] = name.split('/');
  const near = new NearbyObjects(services.map(({ metadata }) => metadata)).near({ namespace, name: own });
  const hint = near.length === 0 ? '' : `; is ${near.map(formatNamespacedName).join(' or ')} meant?`;
  return `There is no Service ${name}${hint}`;
}

/** A route that names the port of a Service, or all of them. */
async function routeOf(
  service: string,
  port: number | null,
  source: Pick<ResourceSource, 'list'>,
): Promise<string | undefined> {
  for (const kind of ROUTES) {
    for (const { metadata, spec } of await source.list(kind)) {
      const isParent = listAt(spec, 'parentRefs').some(ref => {
        const namespace = textAt(ref, 'namespace') || metadata.namespace;
        const asked = valueAt(ref, 'port');
        return (
          textAt(ref, 'kind') === 'Service' &&
          `${namespace}/${textAt(ref, 'name')}` === service &&
          (port === null || asked === undefined || asked === port)
        );
      });
      if (isParent) return `${kind} ${formatNamespacedName(metadata)}`;
    }
  }
  return undefined;
}
