// SPDX-License-Identifier: Apache-2.0

/**
 * The head that an endpoint gets for one incoming header list: hop-by-hop fields and what clients are not believed
 * removed, `x-forwarded-for`, `-proto` and for HTTP `-host` set, filters applied. It differs by client address only, so one list is kept per address, up to a
 * cap; for further addresses `x-forwarded-for` travels as a per-request field.
 */
import { CONNECTION_NAMES, goesRound, isDroppedAtEdge } from '../../values/index.ts';
import {
  fieldOf,
  type HeaderList,
  type HeaderListPool,
  VOLATILE_NAMES,
  type VolatileFields,
} from '../../wire/index.ts';
import {
  type FilterChain,
  HOP_FIELDS,
  isMarkedOften,
  LOOP_MARKS,
  type MutableFields,
  removeField,
  withOwnMark,
} from '../filters/index.ts';
import { cameRound, FORWARDED_FOR, forwardedFor } from './client-claims.ts';

/** Lists kept for one incoming list; each may take room in the header tables of connections to endpoints. */
const MAX_ADDRESSES = 64;
const FORWARDED_HOST = 'x-forwarded-host';
const FORWARDED_PROTO = 'x-forwarded-proto';
/** Fields of one hop (RFC 9110 §7.6.1); HTTP/2 forbids them, but never forward one. `host` repeats `:authority`. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([...CONNECTION_NAMES, 'te', 'host']);

/** What filters make of heads. */
export type HeadFilters = Pick<FilterChain, 'requestHead' | 'rewrite'>;

export interface OutgoingHeadOptions {
  readonly proto: 'http' | 'https';
  /** The peer is a proxy that the Gateway trusts. */
  readonly isTrusted: boolean;
  /** `x-forwarded-host` says which host was asked for. */
  readonly setsHost: boolean;
  /** Stands in place of the target of the list; null: that is as it came, or is not in the list. */
  readonly target: string | null;
  /** The endpoint is told that trailers are taken, whatever the client said. */
  readonly takesTrailers: boolean;
  readonly lists: HeaderListPool;
}

export class OutgoingHead {
  readonly #source: HeaderList;
  readonly #filters: HeadFilters;
  readonly #options: OutgoingHeadOptions;
  /** Filters change what counts the proxies. */
  readonly #hidesHops: boolean;
  #byAddress: Map<string, HeaderList> | null = null;
  #lastAddress = '';
  #lastList: HeaderList;
  #withoutAddress: HeaderList | null = null;
  /** By what the source alone says; known as soon as a list was made. */
  #goesRound = false;

  constructor(source: HeaderList, filters: HeadFilters, options: OutgoingHeadOptions) {
    this.#source = source;
    this.#filters = filters;
    this.#options = options;
    this.#hidesHops = filters.requestHead.touches(HOP_FIELDS);
    this.#lastList = source;
  }

  /**
   * The list for a peer; null: too many peers, or the request `goesRound`, or has an `x-forwarded-for` among `received`, its per-request fields (null when
   * none of them can be one): take `unaddressed` and add `forwardedFor`.
   */
  listFor(address: string, received: VolatileFields): HeaderList | null {
    if (fieldOf(received, FORWARDED_FOR) !== undefined) return null;
    if (address === this.#lastAddress) return this.#lastList;
    let list = this.#byAddress?.get(address);
    if (list === undefined) {
      this.#byAddress ??= new Map();
      const isFull = this.#byAddress.size >= MAX_ADDRESSES;
      // What filters make of the address is in a list only.
      if ((isFull && !this.#hidesHops) || this.#goesRound) return null;
      list = this.#build(address);
      if (this.#goesRound) return null;
      if (isFull) return list;
      this.#byAddress.set(address, list);
    }
    this.#lastAddress = address;
    this.#lastList = list;
    return list;
  }

  /** Whether the request came through too many proxies; asked where `listFor` gave none, of the same `received`. */
  goesRound(received: VolatileFields): boolean {
    if (fieldOf(received, FORWARDED_FOR) === undefined) return this.#goesRound;
    return cameRound(this.#source, received);
  }

  /** The list without `x-forwarded-for`. */
  unaddressed(): HeaderList {
    this.#withoutAddress ??= this.#build(null);
    return this.#withoutAddress;
  }

  /** `fields` with `x-forwarded-for` added; `received`: those that came. */
  forwardedFor(address: string, fields: VolatileFields, received: VolatileFields): VolatileFields {
    const own = [FORWARDED_FOR, appended(forwardedFor(this.#source, received), address)];
    return fields === null ? own : [...fields, ...own];
  }

  #build(address: string | null): HeaderList {
    const { proto, isTrusted, setsHost, target, takesTrailers, lists } = this.#options;
    // What differs with each request is in a list only where it is empty: it says nothing, and would stand beside ours.
    const fields = forwardable(this.#source, name => VOLATILE_NAMES.has(name) || isDroppedAtEdge(name, isTrusted));
    // Of this hop, so not the client's: gRPC servers refuse a call without it, and trailers do pass through us.
    if (takesTrailers || this.#source.get('te') !== undefined) push(fields, 'te', 'trailers');
    if (target !== null) replaceTarget(fields, target);
    removeField(fields, FORWARDED_FOR);
    removeField(fields, FORWARDED_PROTO);
    const said = forwardedFor(this.#source, null);
    this.#goesRound = goesRound(said) || isMarkedOften(this.#source);
    if (address !== null) push(fields, FORWARDED_FOR, appended(said, address));
    push(fields, FORWARDED_PROTO, proto);
    if (setsHost) setHost(fields);
    this.#filters.rewrite?.rewrite(fields);
    this.#filters.requestHead.rewrite(fields);
    if (this.#hidesHops) {
      removeField(fields, LOOP_MARKS);
      push(fields, LOOP_MARKS, withOwnMark(this.#source));
    }
    return lists.intern(fields.names, fields.values, this.#source.sensitive);
  }
}

function push(fields: MutableFields, name: string, value: string): void {
  fields.names.push(name);
  fields.values.push(value);
}

function replaceTarget({ names, values }: MutableFields, target: string): void {
  const at = names.indexOf(':path');
  if (at >= 0) values[at] = target;
}

function appended(before: string | undefined, address: string): string {
  return before === undefined ? address : `${before}, ${address}`;
}

/** A trusted proxy's word stays. */
function setHost(fields: MutableFields): void {
  const at = fields.names.indexOf(':authority');
  if (at >= 0 && !fields.names.includes(FORWARDED_HOST)) push(fields, FORWARDED_HOST, fields.values[at] as string);
}

/** The fields of a list that may pass to the next hop, `:authority` filled from `host` when it is missing. `isDropped`: further ones that may not. */
export function forwardable(source: HeaderList, isDropped?: (name: string) => boolean): MutableFields {
  const fields: MutableFields = { names: [], values: [] };
  if (source.get(':authority') === undefined) {
    const host = source.get('host');
    if (host !== undefined) push(fields, ':authority', host);
  }
  for (let at = 0; at < source.names.length; at++) {
    const name = source.names[at] as string;
    const value = source.values[at] as string;
    if (HOP_BY_HOP.has(name) || isDropped?.(name) === true) continue;
    push(fields, name, value);
  }
  return fields;
}
