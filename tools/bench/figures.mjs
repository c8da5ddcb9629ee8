export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

export const round = (value) => Math.round(value * 100) / 100

/** Ours as a share of each peer that was measured. */
export const ratios = (ours, peers, prefix = '') =>
  Object.fromEntries(
    Object.entries(peers)
      .filter(([, peer]) => peer !== undefined)
      .map(([name, peer]) => [`${prefix}${name}`, round(ours / peer)]),
  )
