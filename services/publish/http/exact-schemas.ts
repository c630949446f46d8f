type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** "This and perhaps null" where the generator writes "this and also one of them", which is never null. */
function orNull(schema: Node): Node {
  const { allOf, ...rest } = schema;
  if (!Array.isArray(allOf) || allOf.length !== 2) return schema;
  const [named, nullable] = allOf as readonly unknown[];
  const isNullable =
    isNode(nullable) && Array.isArray(nullable['type']) && nullable['type'].includes('null');
  return isNode(named) && '$ref' in named && isNullable
    ? { ...rest, anyOf: [named, { type: 'null' }] }
    : schema;
}

/** A tuple with its length, which the generator leaves open. */
function withLength(schema: Node): Node {
  const { prefixItems } = schema;
  if (!Array.isArray(prefixItems) || 'items' in schema) return schema;
  return { ...schema, minItems: prefixItems.length, maxItems: prefixItems.length };
}

/** An OpenAPI document whose schemas say what was meant, where the generator of 3.1 says less or other. */
export function exact<Document>(document: Document): Document {
  const mend = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(mend);
    if (!isNode(value)) return value;
    const its = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mend(part)]));
    return withLength(orNull(its));
  };
  return mend(document) as Document;
}
