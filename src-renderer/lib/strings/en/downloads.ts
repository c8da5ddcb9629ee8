import { formatCount } from '../../format.ts'

/** Words of downloads. */
export const downloads = {
  title: 'Downloads',
  originals: 'Download originals',
  short: 'Download',
  proxies: 'Download proxies',
  pick: 'Download to',
  running: (count: number) =>
    count === 1 ? 'Downloading 1 file' : `Downloading ${formatCount(count)} files`,
  failed: (count: number) => (count === 1 ? '1 download failed' : `${formatCount(count)} downloads failed`),
  ended: 'Downloads',
  more: (count: number) => (count === 1 ? 'and 1 more' : `and ${formatCount(count)} more`),
  clear: 'Clear the list',
  reveal: 'Show in folder',
  states: {
    waiting: 'Waits',
    loading: (done: string, all: string) => (all ? `${done} of ${all}` : done),
    done: { checksum: 'Checksum agrees', size: 'Size agrees', none: 'Done' },
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
}
