// SPDX-License-Identifier: Apache-2.0
import type { MetricFamily } from '../../admin/index.ts';
import type { BindFailures, Snapshot } from '../../snapshot/index.ts';

/** What holds now, for `/metrics`: sockets, and the certificates that listeners serve. Made at the scrape. */
export function stateMetrics(
  { bindings, certificates }: Pick<Snapshot, 'bindings' | 'certificates'>,
  bindFailures: BindFailures,
): MetricFamily[] {
  const unbound = bindings.filter(({ id }) => bindFailures.has(id)).length;
  return [
    {
      name: 'daemun_sockets',
      help: 'Sockets that the manifests want: `bound`, or `unbound` since the system refuses them.',
      type: 'gauge',
      samples: [
        { labels: { state: 'bound' }, value: bindings.length - unbound },
        { labels: { state: 'unbound' }, value: unbound },
      ],
    },
    {
      name: 'daemun_certificate_expiry_timestamp_seconds',
      help: 'When the certificate that is served from a Secret (`namespace/name`) expires, seconds since the epoch.',
      type: 'gauge',
      samples: certificates.map(({ id, notAfterMs }) => ({
        labels: { secret: id.slice(0, id.lastIndexOf('@')) },
        value: notAfterMs / 1000,
      })),
    },
  ];
}
