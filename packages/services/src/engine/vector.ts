/** OpenAI's vectors have length 1, so that a dot product is the cosine. */
export function ofLengthOne(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
