// SPDX-License-Identifier: Apache-2.0

/**
 * What responses get on their way to the client: filters of the backend and the rule, and the `server` field. Computed
 * once per response header list and plan, and kept with the list.
 */
import { type HeaderList, type HeaderListPool, type VolatileFields, withField } from '../../wire/index.ts';
import { type Face, faceOfResponse } from '../faces/index.ts';
import { type HeaderRewriter, removeField } from '../filters/index.ts';
import { forwardable } from './outgoing-head.ts';

const SERVICE_TIME = 'x-envoy-upstream-service-time';
/** Prepared fields for this many milliseconds; longer ones are made when they occur. */
const PREPARED_TIMES = 1_024;
/** What a remembered response head costs beside its list. */
const RESPONSE_HEAD_BYTES = 128;
/** Plans that one response list remembers: one list is rarely answered under more rules. */
const MAX_MEMOS = 8;

/** What follows from one response list under one plan. */
export class ResponseHead {
  readonly plan: ResponsePlan;
  next: ResponseHead | null;
  /** What the client gets. */
  readonly list: HeaderList;
  readonly httpStatus: number;
  /** Whether `date` is in the list; it mostly is a per-request field. */
  readonly listsDate: boolean;
  /** What the response speaks. */
  readonly face: Face;
  readonly #source: HeaderList;
  /** What the head says to requests of one face: nearly always there is only one that ask. */
  #askedBy: Face | null = null;
  #status: number | null = null;

  constructor(plan: ResponsePlan, next: ResponseHead | null, source: HeaderList, list: HeaderList) {
    this.plan = plan;
    this.next = next;
    this.list = list;
    this.listsDate = list.get('date') !== undefined;
    this.httpStatus = Number(source.get(':status') ?? 0);
    this.face = faceOfResponse(source);
    this.#source = source;
  }

  /** The status that a head says which is the whole response to a request of `face`; null: none. */
  statusFor(face: Face): number | null {
    if (this.#askedBy !== face) {
      this.#askedBy = face;
      this.#status = face.statusIn(this.#source);
    }
    return this.#status;
  }
}

export interface ResponseOptions {
  readonly serverHeader: string | null;
  readonly upstreamServiceTime: boolean;
}

export class ResponsePlan {
  readonly #rewriter: HeaderRewriter;
  readonly #options: ResponseOptions;
  readonly #lists: HeaderListPool;
  readonly #times: (readonly string[] | undefined)[] = new Array(PREPARED_TIMES);

  constructor(rewriter: HeaderRewriter, options: ResponseOptions, lists: HeaderListPool) {
    this.#rewriter = rewriter;
    this.#options = options;
    this.#lists = lists;
  }

  /** The head for the client, remembered with `source`. */
  headOf(source: HeaderList): ResponseHead {
    const first = source.memo instanceof ResponseHead ? source.memo : null;
    for (let memo = first; memo !== null; memo = memo.next) if (memo.plan === this) return memo;
    const head = new ResponseHead(this, trimmed(first), source, this.#build(source));
    source.memo = head;
    this.#lists.charge(RESPONSE_HEAD_BYTES);
    return head;
  }

  /** Interim responses pass without filters; not remembered. */
  interimOf(source: HeaderList): HeaderList {
    const fields = forwardable(source);
    return this.#lists.intern(fields.names, fields.values, source.sensitive);
  }

  /** The per-request fields for the client. `serviceMs`: from opening the stream to the response head. */
  fieldsOf(fields: VolatileFields, serviceMs: number): VolatileFields {
    const changed = this.#rewriter.touchesVolatile ? this.#rewriter.rewriteVolatile(fields) : fields;
    if (!this.#options.upstreamServiceTime) return changed;
    const time = this.#timeField(Math.max(0, Math.round(serviceMs)));
    return changed === null ? time : withField(changed, SERVICE_TIME, time[1] as string);
  }

  #timeField(ms: number): readonly string[] {
    if (ms >= PREPARED_TIMES) return [SERVICE_TIME, String(ms)];
    const known = this.#times[ms];
    if (known !== undefined) return known;
    const made = [SERVICE_TIME, String(ms)];
    this.#times[ms] = made;
    return made;
  }

  #build(source: HeaderList): HeaderList {
    const fields = forwardable(source);
    this.#rewriter.rewrite(fields);
    const server = this.#options.serverHeader;
    if (server !== null) {
      removeField(fields, 'server');
      fields.names.push('server');
      fields.values.push(server);
    }
    return this.#lists.intern(fields.names, fields.values, source.sensitive);
  }
}

/** The chain without its end when it is long: the oldest memos go. */
function trimmed(first: ResponseHead | null): ResponseHead | null {
  let memo = first;
  for (let length = 1; memo !== null && length < MAX_MEMOS - 1; length++) memo = memo.next;
  if (memo !== null) memo.next = null;
  return first;
}
