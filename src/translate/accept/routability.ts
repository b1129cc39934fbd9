// SPDX-License-Identifier: Apache-2.0

/** From where an address can be reached (GEP-5093): '' promises nothing. */
export type Routability = string;

/** A ClusterIP: of the range of Services, and reachable within the cluster. */
export const CLUSTER = 'Cluster';

/**
 * What daemun gives beside '' and `CLUSTER`: the one that is there to try the reporting of routability, and promises nothing either. No other one may
 * take the place of what is asked for.
 */
const SENTINEL = 'testing.x-k8s.io/sentinel';

/** Whether an address of this machine is one of a routability. */
export function isRoutabilityServed(asked: Routability): boolean {
  return asked === '' || asked === SENTINEL;
}
