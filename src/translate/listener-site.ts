// SPDX-License-Identifier: Apache-2.0

import type { Finding, FindingCode } from '../errors/index.ts';
import type { Gateway, GatewayListener, ListenerSet } from '../resources/index.ts';
import { findingOf, nameOf, type Report } from './report.ts';

/** An object that listeners are written in. */
export type ListenerOwner = Gateway | ListenerSet;

/** Where a listener is written. */
export interface ListenerSite {
  /** The Gateway that it is a listener of. */
  readonly gateway: Gateway;
  /** `gateway`, or a ListenerSet that is attached to it. */
  readonly owner: ListenerOwner;
  /** In `spec.listeners` of `owner`. */
  readonly index: number;
  readonly spec: GatewayListener;
}

/** `Kind/namespace/name`. */
export function ownerKey({ kind, metadata }: ListenerOwner): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}

/** Unique among all listeners: `namespace/gateway/listener`, or `ListenerSet/namespace/set/listener`. */
export function listenerId({ owner, spec }: Pick<ListenerSite, 'owner' | 'spec'>): string {
  const { namespace, name } = owner.metadata;
  const id = `${namespace}/${name}/${spec.name}`;
  return owner.kind === 'Gateway' ? id : `${owner.kind}/${id}`;
}

/** The path of a field of the listener, in its owner. */
export function listenerPath({ index }: Pick<ListenerSite, 'index'>, ...rest: Path): Path {
  return ['spec', 'listeners', index, ...rest];
}

/** A finding about a listener; `report.path` leads on from the listener. */
export function listenerFinding(
  code: FindingCode,
  site: Pick<ListenerSite, 'owner' | 'index'>,
  report: Report,
): Finding {
  return findingOf(code, site.owner, { ...report, path: listenerPath(site, ...(report.path ?? [])) });
}

/**
 * What `other` is called where somebody reads who wrote `site`. Names in other namespaces are told of Gateways only: the
 * owner of a ListenerSet knows its Gateway, and need not learn of its siblings (ListenerSetSpec.listeners).
 */
export function listenerName(other: ListenerSite, site: ListenerSite): string {
  if (other.owner === site.owner) return `listener ${other.spec.name}`;
  const { kind, metadata } = other.owner;
  if (kind === 'Gateway' && other.gateway !== site.gateway)
    return `listener ${other.spec.name} of the older ${nameOf(other.owner)}`;
  const isKnown =
    kind === 'Gateway' || site.owner.kind === 'Gateway' || metadata.namespace === site.owner.metadata.namespace;
  return isKnown ? `listener ${other.spec.name} of ${nameOf(other.owner)}` : 'a listener of another ListenerSet';
}

type Path = readonly (string | number)[];
