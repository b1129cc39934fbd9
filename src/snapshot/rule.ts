// SPDX-License-Identifier: Apache-2.0

import type { CorsPolicy } from './cors-policy.ts';
import type { ExternalAuth } from './external-auth.ts';
import type { Redirect, UrlRewrite } from './url-change.ts';

/** One match of one rule: the unit of precedence. Matches of a rule are ORed, so each has a place of its own. */
export interface RouteEntry {
  readonly match: RequestMatch;
  readonly rule: Rule;
  /** Index of the match in the rule as the user wrote it; 0 for a rule without matches. */
  readonly matchIndex: number;
}

/** All parts must hold (AND). Headers have lower-case names, each at most once (the first one that the user wrote counts). */
export type RequestMatch = GrpcMatch | HttpMatch;

/** Takes gRPC requests only: content-type `application/grpc`, or beginning with `application/grpc+` or `…grpc;`. */
export interface GrpcMatch {
  readonly kind: 'grpc';
  /** Case-sensitive. null: any method. */
  readonly method: GrpcMethodMatch | null;
  readonly headers: readonly HeaderMatch[];
}

/** Takes HTTP requests of any content-type, gRPC's too. */
export interface HttpMatch {
  readonly kind: 'http';
  readonly path: HttpPathMatch;
  /** Case-sensitive. null: any. */
  readonly method: string | null;
  readonly headers: readonly HeaderMatch[];
  /** Names are case-sensitive, each at most once. */
  readonly queryParams: readonly QueryParamMatch[];
}

/** Compared with the path without its query; case-sensitive. */
export type HttpPathMatch =
  | { readonly kind: 'exact'; readonly value: string }
  /** By elements: `/a` takes `/a`, `/a/` and `/a/b`, not `/ab`. No slash at the end; `/` takes every path. */
  | { readonly kind: 'prefix'; readonly value: string }
  /** RE2, anchored at both ends. */
  | { readonly kind: 'regex'; readonly value: string };

/** `:path` is `/service/method`. null: any. Not both null. */
export type GrpcMethodMatch =
  | { readonly kind: 'exact'; readonly service: string | null; readonly method: string | null }
  /** RE2 patterns, anchored at both ends. */
  | { readonly kind: 'regex'; readonly service: string | null; readonly method: string | null };

export interface HeaderMatch {
  readonly kind: 'exact' | 'regex';
  readonly name: string;
  /** Exact: the whole value (several fields of one name are joined by `, `). Regex: RE2, anchored at both ends. */
  readonly value: string;
}

/** As a header match; the value is percent-decoded before it is compared. */
export type QueryParamMatch = HeaderMatch;

/** How long requests of a rule may take, and when they are tried again. */
export interface RuleTiming {
  /** The whole request, all tries; null: no limit but the caller's `grpc-timeout`. */
  readonly requestTimeoutMs: number | null;
  /** How long an endpoint may take to begin its answer, each try by itself; null: no limit. A flowing answer is not cut by it. */
  readonly backendTimeoutMs: number | null;
  /** null: only requests that no endpoint looked at are sent to another one. */
  readonly retry: RetryPolicy | null;
}

/** No limits of its own. */
export const UNTIMED: RuleTiming = { requestTimeoutMs: null, backendTimeoutMs: null, retry: null };

/** What a matched request gets. Shared by all entries of one rule. */
export interface Rule extends RuleTiming {
  /** `Kind/namespace/name/index`; unique in a snapshot. */
  readonly id: string;
  readonly origin: RuleOrigin;
  /** Run in order. */
  readonly filters: readonly Filter[];
  /** Answered instead of forwarding: a filter that cannot be resolved, or no backend with a weight. */
  readonly fault: Fault | null;
  /** Those with weight 0 are left out. Empty with fault null: a redirect answers every request. */
  readonly backends: readonly WeightedBackend[];
  /** Sum of the weights of `backends`; up to 16 × 1,000,000. */
  readonly totalWeight: number;
  readonly sessionPersistence: SessionPersistence | null;
}

export interface RuleOrigin {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Index in `spec.rules`. */
  readonly ruleIndex: number;
  /** `spec.rules[].name`, '' when unnamed. */
  readonly ruleName: string;
}

export interface WeightedBackend {
  /** Above 0. */
  readonly weight: number;
  readonly target: BackendTarget;
  readonly filters: readonly Filter[];
  /** Keeps clients with one of its endpoints, once it was chosen by weight; where the rule keeps sessions itself they stand before. */
  readonly session: BackendSession | null;
}

/** Sessions with the endpoints of a backend, whatever rule leads there. */
export interface BackendSession {
  /** Of the backend: a session counts for all rules that send to it. */
  readonly id: string;
  readonly policy: SessionPersistence;
}

/** Where a backend's share goes, or why it fails. */
export type BackendTarget =
  | { readonly kind: 'cluster'; readonly cluster: string }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** A fault is part of the snapshot: its share of the requests is answered with it, and nothing else is disturbed. */
export interface Fault {
  readonly httpStatus: number;
  readonly grpcStatus: number;
  /** For `grpc-message` and the body. Says nothing about objects that the route may not see. */
  readonly message: string;
  /** Short flag for logs and metrics: `no_backend`, `ref_not_permitted`, … */
  readonly reason: string;
}

export type Filter =
  | { readonly kind: 'request-headers'; readonly change: HeaderChange }
  | { readonly kind: 'response-headers'; readonly change: HeaderChange }
  | { readonly kind: 'mirror'; readonly target: MirrorTarget; readonly share: MirrorShare }
  | { readonly kind: 'external-auth'; readonly auth: ExternalAuth }
  | { readonly kind: 'redirect'; readonly redirect: Redirect }
  | { readonly kind: 'rewrite'; readonly rewrite: UrlRewrite }
  | { readonly kind: 'cors'; readonly policy: CorsPolicy }
  /** A gRPC call with a longer message of its client is refused. */
  | { readonly kind: 'message-limit'; readonly maxBytes: number };

/** Gateway API HTTPHeaderFilter. Names in lower case. Applied as set, add, remove. */
export interface HeaderChange {
  readonly set: readonly HeaderField[];
  readonly add: readonly HeaderField[];
  readonly remove: readonly string[];
}
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** A mirror whose backend cannot be used mirrors nothing; translation reports it and leaves it out. */
export interface MirrorTarget {
  readonly cluster: string;
}
/** `numerator / denominator` of the requests; 100 % is 1 / 1. */
export interface MirrorShare {
  readonly numerator: number;
  readonly denominator: number;
}

/** When a request is tried again, as long as no head of an answer went to the client. */
export interface RetryPolicy {
  /** Tries after the first; at least 1. */
  readonly attempts: number;
  /** Of answers that are dropped for another try; ascending. */
  readonly httpStatuses: readonly number[];
  /** As above, of answers to gRPC calls that consist of a status alone; ascending, without 0. */
  readonly grpcStatuses: readonly number[];
  /** Before the first further try; it grows from try to try. */
  readonly backoffMs: number;
}

/** How a rule keeps its clients with one endpoint. `absoluteTimeoutMs` null: no absolute limit. */
export type SessionPersistence =
  | {
      readonly kind: 'cookie';
      readonly sessionName: string;
      readonly absoluteTimeoutMs: number | null;
      /** `session` cookies carry no Max-Age. */
      readonly lifetime: 'session' | 'permanent';
      /** For which paths clients send it (RFC 6265 §5.1.4); begins with a slash. */
      readonly path: string;
    }
  | {
      readonly kind: 'header';
      /** In lower case. */
      readonly sessionName: string;
      readonly absoluteTimeoutMs: number | null;
    };
