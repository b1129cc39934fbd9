// SPDX-License-Identifier: Apache-2.0

/** Kinds that daemun knows by name only: so that an object of one is told apart from a misspelt kind. */

/** Those of the core group, which is closed: no custom resource can be in it. */
export const CORE_KINDS: ReadonlySet<string> = new Set([
  'Binding',
  'ComponentStatus',
  'ConfigMap',
  'Endpoints',
  'Event',
  'LimitRange',
  'List',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'PodTemplate',
  'ReplicationController',
  'ResourceQuota',
  'Secret',
  'Service',
  'ServiceAccount',
]);

/** Kinds of other groups that are often written beside ours and have no effect here. */
const BUILT_IN: ReadonlyMap<string, readonly string[]> = new Map([
  ['apps', ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']],
  ['batch', ['CronJob', 'Job']],
  ['autoscaling', ['HorizontalPodAutoscaler', 'Scale']],
  ['policy', ['Eviction', 'PodDisruptionBudget']],
  ['networking.k8s.io', ['Ingress', 'IngressClass', 'IPAddress', 'NetworkPolicy', 'ServiceCIDR']],
  ['rbac.authorization.k8s.io', ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']],
  ['apiextensions.k8s.io', ['CustomResourceDefinition']],
  ['storage.k8s.io', ['StorageClass']],
  ['coordination.k8s.io', ['Lease']],
  ['scheduling.k8s.io', ['PriorityClass']],
  ['networking.istio.io', ['DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar', 'VirtualService']],
  ['gateway.solo.io', ['Gateway', 'RouteTable', 'VirtualService']],
  ['cert-manager.io', ['Certificate', 'ClusterIssuer', 'Issuer']],
]);

/**
 * True for a group that no custom resource can be in, so that all of its kinds are known here: the core group and
 * those without a dot.
 */
export function isClosedGroup(group: string): boolean {
  return !group.includes('.');
}

/** True for a kind that daemun knows to have no effect here; false for one it has never heard of. */
export function isKnownKind(group: string, kind: string): boolean {
  if (group === '') return CORE_KINDS.has(kind);
  return BUILT_IN.get(group)?.includes(kind) ?? false;
}
