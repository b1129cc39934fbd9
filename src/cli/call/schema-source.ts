// SPDX-License-Identifier: Apache-2.0

import type { DescMethod, DescService, Registry } from '@bufbuild/protobuf';
import { CommandFailure, EXIT } from '../exit-code.ts';

/** Where the shapes of services and messages come from: files, or the server itself. */
export interface SchemaSource {
  /** Fully-qualified names, sorted. */
  services(): Promise<readonly string[]>;
  /** All that is needed to describe a symbol (service, method, message or enum); undefined when it is not known. */
  registryFor(symbol: string): Promise<Registry | undefined>;
}

/** Finds `package.Service` or throws a failure with the services that there are. */
export async function findService(source: SchemaSource, name: string): Promise<DescService> {
  const service = (await source.registryFor(name))?.getService(name);
  if (service !== undefined) return service;
  const known = await source.services();
  throw new CommandFailure(EXIT.refused, `no service ${name} is known`, `Services: ${known.join(', ') || 'none'}`);
}

/** Finds a method or throws a failure with the methods that there are. */
export async function findMethod(source: SchemaSource, path: MethodPath): Promise<DescMethod> {
  const service = await findService(source, path.service);
  const method = service.methods.find(candidate => candidate.name === path.method);
  if (method !== undefined) return method;
  const known = service.methods.map(candidate => candidate.name).join(', ');
  throw new CommandFailure(EXIT.refused, `${path.service} has no method ${path.method}`, `Methods: ${known || 'none'}`);
}

export interface MethodPath {
  readonly service: string;
  readonly method: string;
}

/** Reads `package.Service/Method` or `package.Service.Method`; undefined for anything else. */
export function parseMethodPath(text: string): MethodPath | undefined {
  const found = /^\/?([\w.]+)[/.](\w+)$/.exec(text);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  return { service: found[1], method: found[2] };
}
