import { formatCount } from '../../format.ts'

const assets = (count: number) => (count === 1 ? '1 asset' : `${formatCount(count)} assets`)

/** Words of edits on their way to the server. */
export const edits = {
  title: 'Edits',
  none: 'Every edit has arrived.',
  open: (count: number) =>
    count === 1 ? '1 edit waits to be sent' : `${formatCount(count)} edits wait to be sent`,
  needsYou: (count: number) => (count === 1 ? '1 edit needs you' : `${formatCount(count)} edits need you`),
  recent: 'Last edits',
  undo: 'Undo the edit',
  stop: 'Stop',
  discard: 'Discard',
  saved: (count: number) => `Metadata of ${assets(count)} changed`,
  kinds: {
    metadata: (fields: string, what: string) => `Change ${fields} of ${what}`,
    rename: (_: string, what: string) => `Rename ${what}`,
    trash: (_: string, what: string) => `Move ${what} to the trash`,
    restore: (_: string, what: string) => `Put back ${what}`,
    purge: (_: string, what: string) => `Delete ${what} for good`,
    add: (place: string, what: string) => `Add ${what} to ${place}`,
    remove: (place: string, what: string) => `Remove ${what} from ${place}`,
  },
  moreFields: (first: string, more: number) => `${first} and ${formatCount(more)} more fields`,
  assets,
  progress: (sent: number, all: number) => `${formatCount(sent)} of ${formatCount(all)}`,
  states: {
    waiting: 'Waits to be sent',
    sending: 'Sending',
    conflict: 'Changed on the server meanwhile. Select the asset and choose what to keep.',
    failed: 'Not taken',
    done: 'Done',
  },
  show: 'Show',
}
