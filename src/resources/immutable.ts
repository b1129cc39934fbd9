// SPDX-License-Identifier: Apache-2.0

/** T with every field, list and map in it readonly: resources never change after they are parsed. */
export type Immutable<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Immutable<Item>[]
      : { readonly [Key in keyof T]: Immutable<T[Key]> };
