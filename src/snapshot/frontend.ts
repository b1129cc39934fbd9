// SPDX-License-Identifier: Apache-2.0

/**
 * A port of a Service whose connections are routed: what clients call it by (GEP-1324). Its binding has a listener for each group of
 * clients that is routed in a way of its own, and one for all others.
 */
export interface Frontend {
  /** Of the Service. */
  readonly namespace: string;
  readonly name: string;
  /** Where clients connect to: a ClusterIP of the Service, and its port. The binding is there, or where the node leads such connections. */
  readonly address: string;
  readonly port: number;
}

/** Which namespace the clients of some addresses are of. The longest range that holds an address counts. */
export interface ClientNamespace {
  /** CIDR, as `values` give it; a single address has /32 or /128. */
  readonly range: string;
  readonly namespace: string;
}
