// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { texts } from './labels.ts';
import { metadata } from './metadata.ts';
import { isDnsLabel, isDnsSubdomain } from './names.ts';
import { servicePorts } from './service-port.ts';
import { choice, quote, refuse } from './vocabulary.ts';

const NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** Which endpoints clients should prefer. `PreferClose` is the older name of `PreferSameZone`. */
export const TRAFFIC_DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'] as const;

const spec = z
  .looseObject({
    type: choice(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'], 'ClusterIP'),
    /** `None`: headless. */
    clusterIP: z.string().exactOptional(),
    /** At most one of each family; the first one is `clusterIP`. */
    clusterIPs: z.array(z.string()).exactOptional(),
    externalName: z.string().exactOptional(),
    /** The first one is that of `clusterIP`. */
    ipFamilies: z.array(z.enum(['IPv4', 'IPv6'])).exactOptional(),
    selector: texts.default({}),
    ports: servicePorts.default([]),
    trafficDistribution: z.enum(TRAFFIC_DISTRIBUTIONS).exactOptional(),
    /** `Local`: clients in the cluster are led to endpoints of their own node, and nowhere else. */
    internalTrafficPolicy: z.enum(['Cluster', 'Local']).exactOptional(),
  })
  .check(context => {
    const { type, clusterIP, externalName = '', ports } = context.value;
    if (type === 'ExternalName') {
      if (isDnsSubdomain(externalName.replace(/\.$/, ''))) return;
      refuse(context, {
        code: 'schema/service-external-name',
        path: ['externalName'],
        message: externalName === '' ? 'externalName is required' : `${quote(externalName)} is not a host name`,
        help: 'write the host name that the Service stands for, or another type',
      });
    } else if (ports.length === 0 && clusterIP !== 'None') {
      refuse(context, {
        code: 'schema/service-port',
        path: ['ports'],
        message: 'the Service has no ports',
        help: 'list at least one port, or set clusterIP: None',
      });
    }
  });

/** What a load balancer gave it. */
const status = z.looseObject({
  loadBalancer: z
    .looseObject({
      ingress: z
        .array(z.looseObject({ ip: z.string().exactOptional(), hostname: z.string().exactOptional() }))
        .default([]),
    })
    .default({ ingress: [] }),
});

/** Service, as far as routing needs it. Unknown fields are kept. */
export const service = z
  .looseObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Service'),
    metadata,
    spec: spec.prefault({}),
    status: status.exactOptional(),
  })
  .check(context => {
    const { name } = context.value.metadata;
    if (isDnsLabel(name) && NAME.test(name)) return;
    refuse(context, {
      code: 'schema/metadata-name',
      path: ['metadata', 'name'],
      message: `${quote(name)} cannot be the name of a Service`,
      help: 'write up to 63 lower case letters, digits and "-", a letter first',
    });
  });
export type Service = Immutable<z.output<typeof service>>;
export type ServicePort = Service['spec']['ports'][number];
