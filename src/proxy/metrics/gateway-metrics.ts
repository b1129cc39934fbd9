// SPDX-License-Identifier: Apache-2.0

import type { GrpcMethodMatch } from '../../snapshot/index.ts';
import { GrpcMethodMetrics, type LearnedMethods } from './grpc-method-metrics.ts';
import { HttpRequestMetrics, methodLabel } from './http-request-metrics.ts';
import { KnownPaths } from './known-paths.ts';
import { type MethodBudget, OTHER } from './method-budget.ts';
import { MethodSeries } from './method-series.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** The gRPC methods of one Gateway in one worker, and its requests that are not gRPC. */
export class GatewayMetrics implements LearnedMethods {
  readonly #metrics: WorkerMetrics;
  readonly #gateway: string;
  readonly #budget: MethodBudget;
  readonly #methods = new Map<string, MethodSeries>();
  readonly #http = new Map<string, HttpRequestMetrics>();
  /** Calls whose service has no labels of its own: looked up for each call whose path is new. */
  #other: MethodSeries | null = null;
  /** The paths of `#methods`, once no more are learned: from then on most paths that are asked for are none of them. */
  #known: KnownPaths | null = null;
  /** Of whatever path. */
  #otherCalls: GrpcMethodMetrics | null = null;

  /** `gateway`: `namespace/name`; `budget`: one for all Gateways of the worker. */
  constructor(metrics: WorkerMetrics, gateway: string, budget: MethodBudget) {
    this.#metrics = metrics;
    this.#gateway = gateway;
    this.#budget = budget;
  }

  /**
   * For a path `/service/method`; looked up once per header list. `match`: what the rule that took the call says about
   * its method; null: nothing. Undefined: no rule took it.
   */
  method(path: string, match: GrpcMethodMatch | null | undefined): GrpcMethodMetrics {
    if (match === undefined) return this.#countedAsOther();
    const service = match?.kind === 'exact' ? match.service : null;
    if (service !== null && match?.method !== null) return this.#counted(path, this.#configured(path), true);
    const together = service === null ? null : this.#ofService(service);
    if (together !== null) return this.#counted(path, together, false);
    return this.#mayHaveLabels(path) ? this.#counted(path, this.#others(), false) : this.#countedAsOther();
  }

  /** Of requests that are not gRPC; looked up once per header list. */
  http(method: string, scheme: 'http' | 'https'): HttpRequestMetrics {
    const label = methodLabel(method);
    const key = `${scheme} ${label}`;
    let metrics = this.#http.get(key);
    if (metrics === undefined) {
      metrics = new HttpRequestMetrics(this.#metrics, this.#gateway, label, scheme);
      this.#http.set(key, metrics);
    }
    return metrics;
  }

  find(path: string): MethodSeries | null {
    return this.#methods.get(path) ?? null;
  }

  learn(path: string): MethodSeries {
    const known = this.#methods.get(path);
    if (known !== undefined) return known;
    if (!this.#budget.admitLearned(this.#gateway, path)) return this.#others();
    return this.#series(path, 'learned');
  }

  /** Of its own, now or once an endpoint has answered it. */
  #mayHaveLabels(path: string): boolean {
    if (this.#known === null) {
      if (this.#budget.mayLearn(this.#gateway)) return true;
      this.#known = new KnownPaths(this.#methods.keys());
    }
    return this.#known.mayHave(path) && this.#methods.has(path);
  }

  #countedAsOther(): GrpcMethodMetrics {
    this.#otherCalls ??= this.#counted('', this.#others(), true);
    return this.#otherCalls;
  }

  #counted(path: string, series: MethodSeries, isNamed: boolean): GrpcMethodMetrics {
    return new GrpcMethodMetrics(path, series, isNamed, this);
  }

  #configured(path: string): MethodSeries {
    const known = this.#methods.get(path);
    if (known !== undefined) return known;
    if (!this.#budget.admitConfigured(this.#gateway, path)) return this.#others();
    return this.#series(path, 'configured');
  }

  #series(path: string, kind: 'configured' | 'learned'): MethodSeries {
    const slash = path.lastIndexOf('/');
    const labels = { gateway: this.#gateway, service: path.slice(1, slash), method: path.slice(slash + 1), kind };
    const made = new MethodSeries(this.#metrics, labels);
    this.#methods.set(path, made);
    this.#known?.add(path);
    return made;
  }

  #others(): MethodSeries {
    this.#other ??= this.#together(OTHER.grpc_service);
    return this.#other;
  }

  /** Of a service that rules name; null: it has no labels of its own. */
  #ofService(service: string): MethodSeries | null {
    const known = this.#methods.get(service);
    if (known !== undefined) return known;
    return this.#budget.admitConfigured(this.#gateway, `/${service}`) ? this.#together(service) : null;
  }

  /** Calls of a service whose methods have no labels of their own. The key is no path. */
  #together(service: string): MethodSeries {
    const known = this.#methods.get(service);
    if (known !== undefined) return known;
    const labels = { gateway: this.#gateway, service, method: OTHER.grpc_method, kind: 'together' as const };
    const made = new MethodSeries(this.#metrics, labels);
    this.#methods.set(service, made);
    return made;
  }
}
