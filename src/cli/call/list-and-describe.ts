// SPDX-License-Identifier: Apache-2.0

import type { DescEnum, DescMessage, DescMethod, DescService, Registry } from '@bufbuild/protobuf';
import { CommandFailure, EXIT } from '../exit-code.ts';
import { describeMethod, describeType } from './describe-type.ts';
import { findService, parseMethodPath, type SchemaSource } from './schema-source.ts';

/** The services, or the methods of one, one a line. */
export async function listNames(schema: SchemaSource, service: string | undefined): Promise<string> {
  if (service === undefined) return lines(await schema.services());
  const { methods, typeName } = await findService(schema, service);
  return lines(methods.map(method => `${typeName}.${method.name}`).sort());
}

/** All services, or one service, method, message or enum, as `.proto` text. */
export async function describeSymbol(schema: SchemaSource, symbol: string | undefined): Promise<string> {
  if (symbol !== undefined) return describeOne(schema, symbol.replace(/^\./, ''));
  const texts = await Promise.all((await schema.services()).map(service => describeOne(schema, service)));
  return texts.join('\n');
}

async function describeOne(schema: SchemaSource, symbol: string): Promise<string> {
  const asked = symbol.replace('/', '.');
  const found = lookUp(await schema.registryFor(asked), asked);
  if (found === undefined)
    throw new CommandFailure(EXIT.refused, `${symbol} is not known`, 'See the services with --list.');
  if (found.kind === 'rpc') return `${asked} is a method:\n${describeMethod(found)}\n`;
  return `${asked} is a ${found.kind}:\n${describeType(found)}`;
}

function lookUp(
  registry: Registry | undefined,
  symbol: string,
): DescService | DescMessage | DescEnum | DescMethod | undefined {
  const type = registry?.get(symbol);
  if (type !== undefined && type.kind !== 'extension') return type;
  const path = parseMethodPath(symbol);
  if (path === undefined) return undefined;
  return registry?.getService(path.service)?.methods.find(method => method.name === path.method);
}

function lines(names: readonly string[]): string {
  return names.map(name => `${name}\n`).join('');
}
