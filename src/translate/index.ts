// SPDX-License-Identifier: Apache-2.0

/**
 * Resources → snapshot and findings. In: a `ResourceSet` and what must be known of the world. Out: a `Translation`.
 * Never: I/O, clocks, randomness, logging; never throws for what a user wrote.
 */
export { IMPLIED_CONTROLLER_NAME } from './accept/classes.ts';
export { type ListenersOf, listenerOwners } from './accept/listener-sets.ts';
export { movePorts } from './accept/moved-ports.ts';
export { CLUSTER } from './accept/routability.ts';
export { compareAge } from './age.ts';
export { frontendsOf } from './attach/service-target.ts';
export { changedKeys, updateMap } from './changes.ts';
export {
  type CertificateInspection,
  type ClusterAddress,
  type Entrance,
  type GatewayService,
  type GivenAddress,
  type MeshEnvironment,
  type Place,
  type ServiceState,
  type ServiceType,
  socketKey,
  type TranslateEnvironment,
  type TrustInspection,
  type WantedClusterIp,
} from './environment.ts';
export { expiryOf, nextExpiryMs } from './expiry.ts';
export { faultOf } from './fault.ts';
export type {
  AncestorOutcome,
  GatewayClassOutcome,
  GatewayOutcome,
  ListenerOutcome,
  ListenerSetOutcome,
  MeshOutcome,
  Outcomes,
  ParentOutcome,
  PartiallyInvalid,
  PolicyOutcome,
  Problem,
  RouteKind,
  RouteOutcome,
  WantedService,
} from './outcomes.ts';
export { ASIDE_REASONS } from './publish/aside-outcomes.ts';
export { overlayBindFailures } from './publish/bind-results.ts';
export type { AttachableRoute, RouteMap } from './route-kinds.ts';
export { routeMaps } from './route-kinds.ts';
export { asServed } from './set-aside.ts';
export { translate } from './translate.ts';
export { type LastTranslation, translateAround } from './translate-around.ts';
export type { PreviousTranslation, Translation } from './translation.ts';
