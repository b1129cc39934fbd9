// SPDX-License-Identifier: Apache-2.0

/** References to other objects, as routes, listeners and classes write them. */
import * as z from 'zod';
import type { Immutable } from './immutable.ts';
import { group, kind, namespace, objectName, sectionName } from './names.ts';
import { integer, refuse } from './vocabulary.ts';

/** The Gateway API's group. */
export const GATEWAY_GROUP = 'gateway.networking.k8s.io';

/** A port number. */
export const port = integer(1, 65535);

/** A Gateway (or Service) that a route wants to be attached to (ParentReference). */
export const parentReference = z.strictObject({
  group: group.default(GATEWAY_GROUP),
  kind: kind.default('Gateway'),
  namespace: namespace.exactOptional(),
  name: objectName,
  sectionName: sectionName.exactOptional(),
  port: port.exactOptional(),
});
export type ParentReference = Immutable<z.output<typeof parentReference>>;

/** An object in the same namespace (LocalObjectReference, LocalParametersReference). */
export const localReference = z.strictObject({ group, kind, name: objectName });
export type LocalReference = Immutable<z.output<typeof localReference>>;

/** An object in any namespace, group and kind written out (ObjectReference). */
export const objectReference = z.strictObject({ group, kind, name: objectName, namespace: namespace.exactOptional() });
export type ObjectReference = Immutable<z.output<typeof objectReference>>;

/** A Secret, or what takes its place (SecretObjectReference). */
export const secretReference = z.strictObject({
  group: group.default(''),
  kind: kind.default('Secret'),
  name: objectName,
  namespace: namespace.exactOptional(),
});
export type SecretReference = Immutable<z.output<typeof secretReference>>;

/** The fields of a backend (BackendObjectReference). */
export const backendFields = {
  group: group.default(''),
  kind: kind.default('Service'),
  name: objectName,
  namespace: namespace.exactOptional(),
  port: port.exactOptional(),
};

/** The share of a backend among those of its rule. */
export const weight = integer(0, 1_000_000).default(1);

/** The group of the Gateway API's experimental kinds, which come and go. */
export const EXPERIMENTAL_GROUP = 'gateway.networking.x-k8s.io';

/** True for the groups of the Gateway API. */
export function isGatewayGroup(group: string | undefined): boolean {
  return group === GATEWAY_GROUP || group === EXPERIMENTAL_GROUP;
}

/** A Service must be named with its port, an XBackend without: it has but one. */
export function refuseWrongPort(context: {
  value: { group: string; kind: string; port?: number | undefined };
  issues: z.core.$ZodRawIssue[];
}): void {
  const { group: ofGroup, kind: ofKind, port: number } = context.value;
  if (ofGroup === '' && ofKind === 'Service' && number === undefined) {
    refuse(context, {
      code: 'schema/backend-port-missing',
      path: ['port'],
      message: 'a reference to a Service needs its port',
      help: 'add port: with the number of a port of the Service',
    });
  }
  if (ofGroup === EXPERIMENTAL_GROUP && ofKind === 'XBackend' && number !== undefined) {
    refuse(context, {
      code: 'schema/backend-port-forbidden',
      path: ['port'],
      message: 'a reference to an XBackend has no port: the XBackend has one of its own',
      help: 'remove port:',
    });
  }
}

/** A backend without weight (BackendObjectReference). */
export const backendObjectReference = z.strictObject(backendFields).check(refuseWrongPort);
export type BackendObjectReference = Immutable<z.output<typeof backendObjectReference>>;
