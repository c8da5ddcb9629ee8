import { formatCount, formatPlural } from '../../numbers.ts'

/** Words of sending what is in the local workspace to an account. */
export const send = {
  title: 'Send to iconik',
  from: 'From the local workspace',
  deed: 'Send to iconik',
  all: 'Send all to iconik',
  only: 'Only what is in the local workspace can be sent to an account.',
  noAccount: 'There is no iconik account yet',
  noAccountText: 'Connect to one, then come back to the local workspace and send from here.',
  connect: 'Connect to iconik',
  what: 'What goes',
  how: 'How it lies there',
  account: 'Account',
  reading: 'Reading the workspace',
  readingAll: 'Reading everything that is in the local workspace. A large one takes a minute.',
  newOnes: (count: number) => `${formatPlural(count, 'asset')} ${count === 1 ? 'is' : 'are'} new there`,
  versions: (count: number) =>
    `${formatPlural(count, 'asset')} changed since ${count === 1 ? 'it was' : 'they were'} sent; a new version goes`,
  sent: (count: number) => `${formatPlural(count, 'asset')} ${count === 1 ? 'is' : 'are'} there already`,
  deleted: (count: number) => `${formatPlural(count, 'asset')} sent before and deleted there since`,
  again: 'Send these once more',
  left: (count: number) => `${formatPlural(count, 'asset')} cannot go`,
  more: (count: number) => `and ${formatCount(count)} more`,
  cut: 'There is more in the workspace than one sending takes. Send again when these are through.',
  nothing: 'Nothing is left to send.',
  fieldsLeft: 'Values that stay behind',
  fieldLeft: {
    missing: (label: string, count: number) =>
      `${label}: the view has no such field (${formatPlural(count, 'asset')})`,
    type: (label: string, count: number) =>
      `${label}: another kind of field there (${formatPlural(count, 'asset')})`,
    option: (label: string, count: number) =>
      `${label}: the value is not offered there (${formatPlural(count, 'asset')})`,
  },
  along:
    'Title, original files and values go along. Previews are made anew there; comments and older versions stay in the workspace.',
  view: 'Metadata view',
  noView: 'No values go along',
  into: 'Into the collection',
  intoHint: 'Titles from the top, with / between; empty for none',
  collections: 'Keep the collections of the workspace',
  collectionCount: (count: number) => `${formatPlural(count, 'collection')}, found or made`,
  storage: 'Storage',
  storageDefault: 'Default',
  access: 'Access',
  accessChoices: { collection: 'As the collection', private: 'Only me', default: 'Default' },
  total: (size: string) => `${size} in all`,
  start: (count: number) => `Send ${formatPlural(count, 'asset')}`,
  starting: 'Queueing',
  afterwards: (account: string) =>
    `Ferry opens ${account} and sends from its queue. The workspace stays as it is.`,
  queued: (count: number) => `${formatPlural(count, 'asset')} in the queue.`,
}
