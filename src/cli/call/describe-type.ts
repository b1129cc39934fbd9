// SPDX-License-Identifier: Apache-2.0

import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type DescMethod,
  type DescService,
  ScalarType,
} from '@bufbuild/protobuf';

/** `rpc Echo ( .api.EchoRequest ) returns ( stream .api.EchoResponse );` as grpcurl writes it. */
export function describeMethod(method: DescMethod): string {
  const input = method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming' ? 'stream ' : '';
  const output = method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming' ? 'stream ' : '';
  return `rpc ${method.name} ( ${input}.${method.input.typeName} ) returns ( ${output}.${method.output.typeName} );`;
}

/** A service, message or enum as a `.proto` file would say it, without comments and options. */
export function describeType(type: DescService | DescMessage | DescEnum): string {
  switch (type.kind) {
    case 'service':
      return block(`service ${type.name}`, type.methods.map(describeMethod));
    case 'enum':
      return block(
        `enum ${type.name}`,
        type.values.map(value => `${value.name} = ${value.number};`),
      );
    case 'message':
      return block(`message ${type.name}`, messageLines(type));
  }
}

function block(head: string, lines: readonly string[]): string {
  return lines.length === 0 ? `${head} {}\n` : `${head} {\n${lines.map(line => `  ${line}\n`).join('')}}\n`;
}

function messageLines(message: DescMessage): string[] {
  return message.members.flatMap(member => {
    if (member.kind === 'field') return [fieldLine(member)];
    return [`oneof ${member.name} {`, ...member.fields.map(field => `  ${fieldLine(field)}`), '}'];
  });
}

function fieldLine(field: DescField): string {
  const label = field.fieldKind === 'list' ? 'repeated ' : field.proto.proto3Optional ? 'optional ' : '';
  return `${label}${typeText(field)} ${field.name} = ${field.number};`;
}

function typeText(field: DescField): string {
  if (field.fieldKind === 'map') return `map<${scalarText(field.mapKey)}, ${valueText(field)}>`;
  return valueText(field);
}

function valueText(field: DescField): string {
  if (field.message !== undefined) return `.${field.message.typeName}`;
  if (field.enum !== undefined) return `.${field.enum.typeName}`;
  return field.scalar === undefined ? 'unknown' : scalarText(field.scalar);
}

function scalarText(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}
