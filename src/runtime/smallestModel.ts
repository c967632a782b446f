/**
 * An ONNX model of one operator, y = −x: what `encodeModel` makes of it, as bytes, for threads that do not load what makes models.
 */
export const smallestModel: Uint8Array = Buffer.from(
  'CAgSDHNjb3JpbmctYmlhczoyCgsKAXgSAXkiA05lZxIBeFoPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCAhAS',
  'base64',
)
