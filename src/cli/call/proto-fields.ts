// SPDX-License-Identifier: Apache-2.0

import { create } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  type OneofDescriptorProto,
  OneofDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';

const SCALARS: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  double: FieldDescriptorProto_Type.DOUBLE,
  float: FieldDescriptorProto_Type.FLOAT,
  int64: FieldDescriptorProto_Type.INT64,
  uint64: FieldDescriptorProto_Type.UINT64,
  int32: FieldDescriptorProto_Type.INT32,
  fixed64: FieldDescriptorProto_Type.FIXED64,
  fixed32: FieldDescriptorProto_Type.FIXED32,
  bool: FieldDescriptorProto_Type.BOOL,
  string: FieldDescriptorProto_Type.STRING,
  bytes: FieldDescriptorProto_Type.BYTES,
  uint32: FieldDescriptorProto_Type.UINT32,
  sfixed32: FieldDescriptorProto_Type.SFIXED32,
  sfixed64: FieldDescriptorProto_Type.SFIXED64,
  sint32: FieldDescriptorProto_Type.SINT32,
  sint64: FieldDescriptorProto_Type.SINT64,
};

/** Notes that the file needs the type's file; gives the type's full name with a leading dot. */
export type Refer = (type: protobuf.ReflectionObject | null) => string;

/** The parts of a message descriptor that its fields make. */
export interface DescribedFields {
  readonly fields: FieldDescriptorProto[];
  readonly oneofs: OneofDescriptorProto[];
  /** A map field is a repeated field of an entry message (protobuf language guide, maps). */
  readonly mapEntries: DescriptorProto[];
}

/** Describes the fields of a message; `optional` ones get the oneof of their own that proto3 wants, after the real ones. */
export function describeFields(type: protobuf.Type, refer: Refer): DescribedFields {
  const realOneofs = type.oneofsArray.filter(oneof => !isSynthetic(oneof));
  const described: DescribedFields = {
    fields: [],
    oneofs: realOneofs.map(oneof => create(OneofDescriptorProtoSchema, { name: oneof.name })),
    mapEntries: [],
  };
  for (const field of type.fieldsArray) {
    const descriptor =
      field instanceof protobuf.MapField ? mapField(type, field, described, refer) : plainField(field, refer);
    const oneof = field.partOf === null ? -1 : realOneofs.indexOf(field.partOf);
    if (oneof >= 0) descriptor.oneofIndex = oneof;
    else if (needsOwnOneof(field, descriptor)) {
      descriptor.proto3Optional = true;
      descriptor.oneofIndex = described.oneofs.push(create(OneofDescriptorProtoSchema, { name: `_${field.name}` })) - 1;
    }
    described.fields.push(descriptor);
  }
  return described;
}

/** protobufjs makes a oneof of its own for each `optional` field of proto3. */
function isSynthetic(oneof: protobuf.OneOf): boolean {
  const [only] = oneof.fieldsArray;
  return oneof.fieldsArray.length === 1 && only?.options?.['proto3_optional'] === true;
}

function needsOwnOneof(field: protobuf.Field, descriptor: FieldDescriptorProto): boolean {
  return field.hasPresence && !field.repeated && descriptor.type !== FieldDescriptorProto_Type.MESSAGE;
}

function plainField(field: protobuf.Field, refer: Refer): FieldDescriptorProto {
  field.resolve();
  if (field.delimited) throw new Error(`${field.fullName}: groups are not supported`);
  const label = field.repeated ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL;
  const descriptor = create(FieldDescriptorProtoSchema, { name: field.name, number: field.id, label });
  setType(descriptor, field, refer);
  if (field.repeated) descriptor.options = create(FieldOptionsSchema, { packed: field.packed });
  return descriptor;
}

function setType(descriptor: FieldDescriptorProto, field: protobuf.FieldBase, refer: Refer): void {
  const scalar = SCALARS[field.type];
  if (scalar !== undefined && field.resolvedType === null) {
    descriptor.type = scalar;
    return;
  }
  descriptor.typeName = refer(field.resolvedType);
  const isEnum = field.resolvedType instanceof protobuf.Enum;
  descriptor.type = isEnum ? FieldDescriptorProto_Type.ENUM : FieldDescriptorProto_Type.MESSAGE;
}

function mapField(
  type: protobuf.Type,
  field: protobuf.MapField,
  described: DescribedFields,
  refer: Refer,
): FieldDescriptorProto {
  field.resolve();
  const name = `${field.name.replaceAll(/(^|_)([a-z])/g, (_, _underscore, letter: string) => letter.toUpperCase())}Entry`;
  const key = create(FieldDescriptorProtoSchema, {
    name: 'key',
    number: 1,
    label: FieldDescriptorProto_Label.OPTIONAL,
    type: SCALARS[field.keyType] ?? FieldDescriptorProto_Type.STRING,
  });
  const value = create(FieldDescriptorProtoSchema, {
    name: 'value',
    number: 2,
    label: FieldDescriptorProto_Label.OPTIONAL,
  });
  setType(value, field, refer);
  described.mapEntries.push(create(DescriptorProtoSchema, { name, field: [key, value], options: { mapEntry: true } }));
  return create(FieldDescriptorProtoSchema, {
    name: field.name,
    number: field.id,
    label: FieldDescriptorProto_Label.REPEATED,
    type: FieldDescriptorProto_Type.MESSAGE,
    typeName: `${type.fullName}.${name}`,
  });
}
