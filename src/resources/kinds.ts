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

/** How a kind is read, and what it is called (`kubectl api-resources`). */
export interface KindDeclaration {
  /** '' is the core group. */
  readonly group: string;
  /** The versions that an API server serves; the one to write first. */
  readonly versions: readonly [string, ...string[]];
  readonly isNamespaced: boolean;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly schema: z.ZodType<Resource>;
}

/**
 * The kinds that daemun works with, in the order of listings: how each is read and what it is called. A kind that `Resource` has and
 * this has not does not compile.
 */
const DECLARATIONS: Readonly<Record<Resource['kind'], KindDeclaration>> = {
  GatewayClass: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1beta1'],
    isNamespaced: false,
    plural: 'gatewayclasses',
    shortNames: ['gc'],
    schema: gatewayClass,
  },
  Gateway: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1beta1'],
    isNamespaced: true,
    plural: 'gateways',
    shortNames: ['gtw', 'gw'],
    schema: gateway,
  },
  HTTPRoute: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1beta1'],
    isNamespaced: true,
    plural: 'httproutes',
    shortNames: [],
    schema: httpRoute,
  },
  GRPCRoute: {
    group: GATEWAY_GROUP,
    versions: ['v1'],
    isNamespaced: true,
    plural: 'grpcroutes',
    shortNames: [],
    schema: grpcRoute,
  },
  ReferenceGrant: {
    group: GATEWAY_GROUP,
    versions: ['v1', 'v1beta1'],
    isNamespaced: true,
    plural: 'referencegrants',
    shortNames: ['refgrant'],
    schema: referenceGrant,
  },
  Service: {
    group: '',
    versions: ['v1'],
    isNamespaced: true,
    plural: 'services',
    shortNames: ['svc'],
    schema: service,
  },
  EndpointSlice: {
    group: 'discovery.k8s.io',
    versions: ['v1'],
    isNamespaced: true,
    plural: 'endpointslices',
    shortNames: [],
    schema: endpointSlice,
  },
  Endpoints: {
    group: '',
    versions: ['v1'],
    isNamespaced: true,
    plural: 'endpoints',
    shortNames: ['ep'],
    schema: endpoints,
  },
  Secret: { group: '', versions: ['v1'], isNamespaced: true, plural: 'secrets', shortNames: [], schema: secret },
  ConfigMap: {
    group: '',
    versions: ['v1'],
    isNamespaced: true,
    plural: 'configmaps',
    shortNames: ['cm'],
    schema: configMap,
  },
  Namespace: {
    group: '',
    versions: ['v1'],
    isNamespaced: false,
    plural: 'namespaces',
    shortNames: ['ns'],
    schema: namespaceObject,
  },
  Deployment: {
    group: 'apps',
    versions: ['v1'],
    isNamespaced: true,
    plural: 'deployments',
    shortNames: ['deploy'],
    schema: deployment,
  },
};

/** By any text that a user gives as a kind. */
export const KINDS: ReadonlyMap<string, KindDeclaration> = new Map(Object.entries(DECLARATIONS));
