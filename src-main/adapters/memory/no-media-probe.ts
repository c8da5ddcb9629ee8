import type { MediaProbe } from '../../ports/media-probe.ts'

/** A probe that finds nothing in any file: formats then carry only the media type. */
export const noMediaProbe: MediaProbe = {
  probe: async () => ({ format: {}, components: [], embedded: {} }),
}
