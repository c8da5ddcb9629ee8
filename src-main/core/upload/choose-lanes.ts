export type Lane = 'small' | 'large' | 'any'

/**
 * Lanes to take the next uploads from, one for each free slot. Large uploads never hold all slots while there is more than one, so
 * that small ones get through; small ones may take every slot that large ones leave.
 * @param slots uploads that may run at once
 */
export function chooseLanes(running: { small: number; large: number }, slots: number): Lane[] {
  const free = slots - running.small - running.large
  if (free <= 0) return []
  const largeAllowed = Math.max(slots - 1, 1) - running.large
  return Array.from({ length: free }, (_, index) => (index < largeAllowed ? 'any' : 'small'))
}
