// SPDX-License-Identifier: Apache-2.0

/** A small world of random objects, and what happens to it: objects come, change, go, are made again, and are listed in another order. */
import fc from 'fast-check';
import { parseResource, type Resource, type ResourceSet } from '../resources/index.ts';
import { ENVIRONMENT as PLAIN, resourceSet } from './environment.test-support.ts';
import type { MeshEnvironment, TranslateEnvironment } from './environment.ts';
import { INSPECTIONS } from './random-backends.test-support.ts';
import { otherObject } from './random-kinds.test-support.ts';
import { commonObject, objectKey, worldOf } from './random-objects.test-support.ts';
import { oddObject } from './random-odd.test-support.ts';
import { API, type WrittenObject } from './random-world.test-support.ts';

const MESH: MeshEnvironment = {
  addressOf: ({ namespace, name }) => `10.96.${namespace === 'a' ? 1 : 2}.${name.slice(1)}`,
  closure: ({ address }) => (address === '10.96.1.2' ? 'it is far away' : null),
  entranceOf: ({ address, port }) => (address === '10.96.1.2' ? null : { address, port }),
  clients: [{ range: '10.1.0.0/16', namespace: 'a' }],
  knowsAllClients: true,
};
const STANDALONE: TranslateEnvironment = { ...PLAIN, ...INSPECTIONS, mesh: MESH, place: { node: 'n1', zone: null } };
const WITH_MESH: TranslateEnvironment = { ...STANDALONE, controllerName: 'daemun.dev/x', reportsRoutability: true };
/** In a cluster where others serve Services. */
export const CLUSTER: TranslateEnvironment = { ...PLAIN, ...INSPECTIONS, controllerName: 'daemun.dev/x' };
export const anyEnvironment: fc.Arbitrary<TranslateEnvironment> = fc.constantFrom(STANDALONE, WITH_MESH, CLUSTER);

const anyObject = fc.oneof(
  { weight: 3, arbitrary: commonObject },
  { weight: 2, arbitrary: otherObject },
  { weight: 5, arbitrary: oddObject },
);
export const anyWorld: fc.Arbitrary<readonly WrittenObject[]> = worldOf(anyObject);

/** What happens between two translations. Numbers say to which object. */
type Act =
  | { readonly kind: 'write'; readonly object: WrittenObject }
  | { readonly kind: 'delete' | 'write-as-before' | 'make-again'; readonly at: number }
  | { readonly kind: 'list-backwards' }
  | { readonly kind: 'move-ports'; readonly ports: readonly (readonly [number, number])[] }
  /** Certificates of these worlds end with 2029. */
  | { readonly kind: 'set-clock'; readonly nowMs: number }
  | { readonly kind: 'give-addresses'; readonly address: string | null }
  | { readonly kind: 'refuse'; readonly objects: readonly (readonly [string, string])[] };

const at = fc.nat(40);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: anyObject.map(object => ({ kind: 'write' as const, object })) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('delete' as const, 'write-as-before' as const, 'make-again' as const),
      at,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'list-backwards' as const }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<[number, number][]>([], [[80, 8080]], [[80, 81]])
      .map(ports => ({ kind: 'move-ports' as const, ports })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(Date.UTC(2026, 0), Date.UTC(2029, 11, 20), Date.UTC(2030, 1))
      .map(nowMs => ({ kind: 'set-clock' as const, nowMs })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('127.0.0.1', '10.9.9.9', null)
      .map(address => ({ kind: 'give-addresses' as const, address })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<[string, string][]>(
        [],
        [['Service/a/s0', 'x']],
        [
          ['Gateway/b/g1', 'y'],
          ['Secret/a/client', 'z'],
        ],
      )
      .map(objects => ({ kind: 'refuse' as const, objects })),
  },
);
/** Steps, each of several acts at once. */
export const anyHistory: fc.Arbitrary<readonly (readonly Act[])[]> = fc.array(
  fc.array(act, { minLength: 1, maxLength: 4 }),
  { minLength: 2, maxLength: 8 },
);

function classOf(controllerName: string): WrittenObject {
  return { apiVersion: API, kind: 'GatewayClass', metadata: { name: 'c' }, spec: { controllerName } };
}

/** The world after each act. What an API server would refuse is not written. */
export class History {
  environment: TranslateEnvironment;
  resources: ResourceSet = resourceSet([]);
  readonly #objects = new Map<string, Resource>();
  readonly #written: (readonly [key: string, object: Resource])[] = [];
  #made = 0;
  /** False: what comes is there for long, and was changed a few times. */
  #isYoung = false;

  constructor(world: readonly WrittenObject[], environment: TranslateEnvironment) {
    this.environment = environment;
    const { controllerName } = environment;
    // Without a class nothing in a cluster is ours.
    if (controllerName !== null) this.#write(classOf(controllerName));
    this.step(world.map(object => ({ kind: 'write', object })));
    this.#isYoung = true;
  }

  step(acts: readonly Act[]): void {
    for (const one of acts) this.#act(one);
    const objects = [...this.#objects.values()];
    this.resources = resourceSet(
      acts.some(({ kind }) => kind === 'list-backwards') ? objects.reverse() : objects,
      this.resources,
    );
  }

  /** Puts statuses into the objects, as an API server holds them: what `merge` makes of what is there. */
  store(merge: (key: string, object: Resource) => unknown): void {
    for (const [key, object] of this.#objects) {
      const status = merge(key.replace('//', '/'), object);
      this.#objects.set(key, { ...object, status } as Resource);
    }
    this.step([]);
  }

  /** The same objects in the opposite order. */
  backwards(): ResourceSet {
    return resourceSet([...this.#objects.values()].reverse());
  }

  #act(one: Act): void {
    switch (one.kind) {
      case 'write':
        this.#write(one.object);
        return;
      case 'delete':
        this.#objects.delete(this.#keyAt(one.at));
        return;
      case 'write-as-before': {
        const [key, object] = this.#written[one.at % Math.max(1, this.#written.length)] ?? [];
        if (key !== undefined && object !== undefined) this.#put(key, object);
        return;
      }
      case 'make-again': {
        const key = this.#keyAt(one.at);
        const object = this.#objects.get(key);
        this.#objects.delete(key);
        if (object !== undefined) this.#put(key, object);
        return;
      }
      case 'move-ports':
        this.environment = { ...this.environment, movedPorts: new Map(one.ports) };
        return;
      case 'set-clock':
        this.environment = { ...this.environment, nowMs: one.nowMs };
        return;
      case 'give-addresses':
        this.environment = { ...this.environment, addressOf: () => one.address };
        return;
      case 'refuse':
        this.environment = { ...this.environment, refused: new Map(one.objects) };
        return;
      case 'list-backwards':
        return;
    }
  }

  #write(object: WrittenObject): void {
    const result = parseResource(object, { defaultNamespace: 'default', origin: 'cluster' });
    if (result.outcome === 'resource') this.#put(objectKey(object), result.resource);
  }

  /** As an API server keeps count of it. */
  #put(key: string, object: Resource): void {
    const { uid, generation, creationTimestamp } = this.#objects.get(key)?.metadata ?? {};
    const metadata = {
      ...object.metadata,
      uid: uid ?? `made-${this.#made++}`,
      generation: (generation ?? (this.#isYoung ? 0 : 4)) + 1,
      creationTimestamp: creationTimestamp ?? object.metadata.creationTimestamp,
    };
    const kept = { ...object, metadata } as Resource;
    this.#objects.set(key, kept);
    this.#written.push([key, kept]);
  }

  #keyAt(place: number): string {
    return [...this.#objects.keys()][place] ?? '';
  }
}
