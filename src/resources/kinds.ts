// SPDX-License-Identifier: Apache-2.0

/** Which kinds there are: those we work with, and those we only know by name. */
import type * as z from 'zod';
import { configMap } from './config-map.ts';
import { deployment } from './deployment.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { endpoints } from './endpoints.ts';
import { gateway } from './gateway.ts';
import { gatewayClass } from './gateway-class.ts';
import { grpcRoute } from './grpc-route.ts';
import { httpRoute } from './http-route.ts';
import { namespaceObject } from './namespace.ts';
import { referenceGrant } from './reference-grant.ts';
import { GATEWAY_GROUP } from './references.ts';
import type { Resource } from './resource-set.ts';
import { secret } from './secret.ts';
import { service } from './service.ts';

/** How a kind is read. */
export interface KindDeclaration {
  /** '' is the core group. */
  readonly group: string;
  /** The versions that an API server serves; the one to write first. */
  readonly versions: readonly [string, ...string[]];
  readonly isNamespaced: boolean;
  readonly schema: z.ZodType<Resource>;
}

/** The kinds that daemun works with. */
export const KINDS: ReadonlyMap<string, KindDeclaration> = new Map<string, KindDeclaration>([
  ['GatewayClass', { group: GATEWAY_GROUP, versions: ['v1', 'v1beta1'], isNamespaced: false, schema: gatewayClass }],
  ['Gateway', { group: GATEWAY_GROUP, versions: ['v1', 'v1beta1'], isNamespaced: true, schema: gateway }],
  ['HTTPRoute', { group: GATEWAY_GROUP, versions: ['v1', 'v1beta1'], isNamespaced: true, schema: httpRoute }],
  ['GRPCRoute', { group: GATEWAY_GROUP, versions: ['v1'], isNamespaced: true, schema: grpcRoute }],
  ['ReferenceGrant', { group: GATEWAY_GROUP, versions: ['v1', 'v1beta1'], isNamespaced: true, schema: referenceGrant }],
  ['Service', { group: '', versions: ['v1'], isNamespaced: true, schema: service }],
  ['EndpointSlice', { group: 'discovery.k8s.io', versions: ['v1'], isNamespaced: true, schema: endpointSlice }],
  ['Endpoints', { group: '', versions: ['v1'], isNamespaced: true, schema: endpoints }],
  ['Secret', { group: '', versions: ['v1'], isNamespaced: true, schema: secret }],
  ['ConfigMap', { group: '', versions: ['v1'], isNamespaced: true, schema: configMap }],
  ['Namespace', { group: '', versions: ['v1'], isNamespaced: false, schema: namespaceObject }],
  ['Deployment', { group: 'apps', versions: ['v1'], isNamespaced: true, schema: deployment }],
]);
