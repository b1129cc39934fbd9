// SPDX-License-Identifier: Apache-2.0
import { type ConfigDump, type ResourceObject, summarizeFrontends } from '../controller/index.ts';
import { socketAddress } from '../values/index.ts';
import { formatTable } from './table.ts';

const HEADER = ['Port', 'Address', 'Clients of', 'Routed by'];

/** What `describe` says of a Service that routes name as parent: whose routes each group of clients meets. '' for any other object. */
export function routedPortsText(
  { kind, metadata }: ResourceObject,
  { bindings }: Pick<ConfigDump, 'bindings'>,
): string {
  if (kind !== 'Service') return '';
  const service = `${metadata.namespace}/${metadata.name}:`;
  const rows = summarizeFrontends(bindings)
    .filter(frontend => frontend.service.startsWith(service))
    .map(({ service: port, bound, clients, kind: applied, routes }) => [
      port.slice(service.length),
      socketAddress(bound.address, bound.port),
      clients ?? 'all others',
      applied === 'Service' ? '<none>: its endpoints get all bytes' : `${applied} ${routes.join(', ')}`,
    ]);
  if (rows.length === 0) return '';
  return `Routed:\n${formatTable([...HEADER], [HEADER.map(title => '-'.repeat(title.length)), ...rows], '  ')}`;
}
