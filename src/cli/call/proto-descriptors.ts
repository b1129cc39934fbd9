// SPDX-License-Identifier: Apache-2.0

/**
 * `.proto` files as protobufjs parsed them → the descriptors that `@bufbuild/protobuf` works with: the two projects'
 * best parts. One descriptor file per source file. Everything is said in proto3 terms: presence, packing and open enums
 * are written out for each field, so proto2 and editions come out right too. Not carried over: options, extensions.
 */
import { create, createRegistry } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  type EnumDescriptorProto,
  EnumDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  type ServiceDescriptorProto,
  ServiceDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
import { describeFields, type Refer } from './proto-fields.ts';

const WELL_KNOWN = createRegistry(
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
);

/** All files of a resolved root, the well-known types that they use included. Throws for a type that has no file. */
export function describeRoot(root: protobuf.Root): FileDescriptorProto[] {
  const files = new Map<string, FileDescriptorProto>();
  for (const object of topLevel(root)) addTo(fileOf(object, files), object, files);
  return [...files.values()];
}

/** Messages, enums and services that are not inside a message. */
function topLevel(namespace: protobuf.NamespaceBase): protobuf.ReflectionObject[] {
  return namespace.nestedArray.flatMap(object => {
    if (object.fullName.startsWith('.google.protobuf.')) return [];
    if (object instanceof protobuf.Type || object instanceof protobuf.Enum || object instanceof protobuf.Service) {
      return [object];
    }
    return object instanceof protobuf.Namespace ? topLevel(object) : [];
  });
}

function fileOf(object: protobuf.ReflectionObject, files: Map<string, FileDescriptorProto>): FileDescriptorProto {
  const wellKnown = WELL_KNOWN.get(object.fullName.slice(1));
  if (wellKnown !== undefined) {
    files.set(wellKnown.file.proto.name, wellKnown.file.proto);
    return wellKnown.file.proto;
  }
  const outermost = outermostOf(object);
  const name = outermost.filename ?? `${outermost.fullName.slice(1)}.proto`;
  const known = files.get(name);
  if (known !== undefined) return known;
  const fresh = create(FileDescriptorProtoSchema, {
    name,
    package: outermost.parent?.fullName.slice(1) ?? '',
    syntax: 'proto3',
  });
  files.set(name, fresh);
  return fresh;
}

function outermostOf(object: protobuf.ReflectionObject): protobuf.ReflectionObject {
  return object.parent instanceof protobuf.Type ? outermostOf(object.parent) : object;
}

function addTo(
  file: FileDescriptorProto,
  object: protobuf.ReflectionObject,
  files: Map<string, FileDescriptorProto>,
): void {
  const refer = (type: protobuf.ReflectionObject | null): string => {
    if (type === null) throw new Error(`a type in ${file.name} is not known`);
    const other = fileOf(type, files);
    if (other !== file && !file.dependency.includes(other.name)) file.dependency.push(other.name);
    return type.fullName;
  };
  if (object instanceof protobuf.Type) file.messageType.push(describeMessage(object, refer));
  else if (object instanceof protobuf.Enum) file.enumType.push(describeEnum(object));
  else if (object instanceof protobuf.Service) file.service.push(describeService(object, refer));
}

function describeMessage(type: protobuf.Type, refer: Refer): DescriptorProto {
  const { fields, oneofs, mapEntries } = describeFields(type, refer);
  const nested = type.nestedArray.flatMap(child =>
    child instanceof protobuf.Type ? [describeMessage(child, refer)] : [],
  );
  return create(DescriptorProtoSchema, {
    name: type.name,
    field: fields,
    oneofDecl: oneofs,
    nestedType: [...nested, ...mapEntries],
    enumType: type.nestedArray.flatMap(child => (child instanceof protobuf.Enum ? [describeEnum(child)] : [])),
  });
}

function describeEnum(type: protobuf.Enum): EnumDescriptorProto {
  const value = Object.entries(type.values).map(([name, number]) => ({ name, number }));
  return create(EnumDescriptorProtoSchema, { name: type.name, value });
}

function describeService(service: protobuf.Service, refer: Refer): ServiceDescriptorProto {
  const method = service.methodsArray.map(each => ({
    name: each.name,
    inputType: refer(each.resolvedRequestType),
    outputType: refer(each.resolvedResponseType),
    clientStreaming: each.requestStream === true,
    serverStreaming: each.responseStream === true,
  }));
  return create(ServiceDescriptorProtoSchema, { name: service.name, method });
}
