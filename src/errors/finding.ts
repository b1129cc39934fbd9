// SPDX-License-Identifier: Apache-2.0

/**
 * Findings are all that daemun has to say about the resources: conditions, command-line output and log lines are three
 * views of them. They are data: returned, never thrown.
 */
export type Severity = 'error' | 'warning' | 'info';

/** Names one object, as `kubectl` would. */
export interface ResourceRef {
  /** As the user wrote it: `gateway.networking.k8s.io/v1`, `v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

/** A place in a file; line and column start at 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The object that a reference names and that is not there, or may not be referred to. */
export interface ReferenceTarget {
  readonly kind: string;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

/** Findings of one version that are listed: nobody reads more, and each takes the place of its object to be looked up. */
export const MAX_LISTED_FINDINGS = 20_000;

/** Of one route, by its translation and by the lints each: a rule may have 16 references that lead nowhere, and there may be 10,000 routes. */
export const MAX_ROUTE_FINDINGS = 64;

export interface Finding {
  /** Stable, from the catalogue (`catalogue.ts`). `schema/…`: an API server would refuse the object. */
  readonly code: string;
  readonly severity: Severity;
  /** Undefined when a file could not even be read as an object. */
  readonly resource?: ResourceRef;
  /** Where in the object: `['spec', 'rules', 0, 'matches', 1]`. Empty: the object as a whole. */
  readonly path: readonly (string | number)[];
  /** What is wrong, in one line. */
  readonly message: string;
  /** What to do, in one line; '' where the message says it all. */
  readonly help: string;
  /**
   * Set where a reference leads nowhere. Whoever shows findings to the operator may look for what was meant; statuses and
   * answers may not, since their readers may not know what other namespaces hold.
   */
  readonly target?: ReferenceTarget;
  /** Set at once when the place is known; else the store looks it up by `resource` and `path` when it is shown. */
  readonly place?: SourcePlace;
}
