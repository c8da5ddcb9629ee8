export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** @param share 0 to 100 */
export const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor((values.length * share) / 100))]

export const round = (value) => Math.round(value * 100) / 100

/** Ours as a share of each peer that was measured. */
export const ratios = (ours, peers, prefix = '') =>
  Object.fromEntries(
    Object.entries(peers)
      .filter(([, peer]) => peer !== undefined)
      .map(([name, peer]) => [`${prefix}${name}`, round(ours / peer)]),
  )
