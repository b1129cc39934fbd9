// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../errors/index.ts';
import type { Gateway, ListenerSet } from '../../resources/index.ts';
import type { AddressAssignment, ConflictReason, Problem } from '../outcomes.ts';
import type { ClientCertificate } from './client-certificate.ts';
import type { FrontendValidation } from './client-validation.ts';
import type { GatewayTracing } from './gateway-tracing.ts';
import type { JudgedListener } from './listeners.ts';

/** A Gateway before its sockets are compared with those of other Gateways. */
export interface GatewayDraft {
  readonly key: string;
  readonly gateway: Gateway;
  readonly controllerName: string;
  readonly addresses: readonly string[];
  /** As in `GatewayAddresses`. */
  readonly targetPorts: ReadonlyMap<string, number> | null;
  readonly assignment: AddressAssignment;
  readonly refused: Problem<'InvalidParameters' | 'UnsupportedAddress'> | null;
  /** Its listeners carry traffic if they can. */
  readonly isServed: boolean;
  /** About its parameters, where they do not refuse it. */
  readonly findings: readonly Finding[];
  readonly frontend: FrontendValidation;
  readonly clientCertificate: ClientCertificate;
  readonly tracing: GatewayTracing;
  /** Attached, in the order of precedence. */
  readonly sets: readonly ListenerSet[];
  /** The Gateway's own, then those of `sets`. */
  readonly listeners: readonly JudgedListener[];
  /** By listener id. */
  readonly conflicts: ReadonlyMap<string, Problem<ConflictReason>>;
}
