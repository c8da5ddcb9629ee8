import type { ErrorCode } from '@contract/errors.ts'

/** For each code: what happened, and what to do. Main's own message, which names the thing, stands below. */
export const errors: Record<ErrorCode, { title: string; advice: string }> = {
  'auth.required': { title: 'Nobody is signed in', advice: 'Open a workspace or sign in to go on.' },
  'auth.rejected': {
    title: 'The App-ID or the token was refused',
    advice: 'Check both, or make a new token in iconik under Admin, Settings, Application Tokens.',
  },
  'auth.role-missing': {
    title: 'Your role does not allow this',
    advice: 'An administrator of your iconik domain can grant the role.',
  },
  'auth.keychain-unavailable': {
    title: 'The keychain cannot be used',
    advice: 'Unlock or install a keychain, or keep the token for this session only.',
  },
  'network.offline': {
    title: 'The server cannot be reached',
    advice: 'Check the connection. Uploads go on by themselves.',
  },
  'network.timeout': { title: 'The server did not answer in time', advice: 'Try again in a moment.' },
  'network.tls': {
    title: 'The connection is not trusted',
    advice: 'Check the address and this machine’s clock, or ask who runs your network.',
  },
  'api.invalid': {
    title: 'The server did not accept this',
    advice: 'Mend what is named below and try again.',
  },
  'api.not-found': {
    title: 'It is not on the server any more',
    advice: 'Somebody may have deleted it. Read the list again.',
  },
  'api.conflict': {
    title: 'It changed on the server meanwhile',
    advice: 'Look at the newer values, then choose what to keep.',
  },
  'api.failed': { title: 'The server failed', advice: 'Try again in a moment.' },
  'api.unexpected': {
    title: 'The server’s answer was not understood',
    advice: 'A newer Ferry may be needed.',
  },
  'rate.limited': { title: 'Too many requests', advice: 'Ferry waits and goes on by itself.' },
  'storage.refused': {
    title: 'The storage refused the bytes',
    advice: 'Choose another storage, or ask an administrator.',
  },
  'storage.mismatch': {
    title: 'The storage holds other bytes than were sent',
    advice: 'Retry. If it happens again, check the network and the storage.',
  },
  'storage.unsupported': {
    title: 'This storage takes no bytes from here',
    advice: 'Choose another storage.',
  },
  'storage.full': { title: 'There is no room left', advice: 'Make room, or choose another storage.' },
  'file.missing': { title: 'The file is not there any more', advice: 'Put it back or leave it out.' },
  'file.changed': {
    title: 'The file changed while it was being read',
    advice: 'Check that the copy has finished, then retry.',
  },
  'file.unreadable': { title: 'The file cannot be read', advice: 'Check its permissions and the disk.' },
  'file.unsupported': {
    title: 'This is not a file that can be uploaded',
    advice: 'Choose an ordinary file or folder.',
  },
  'update.refused': {
    title: 'The newer version could not be checked',
    advice: 'It is not offered. Tell those who gave you Ferry if this happens again.',
  },
  'watch.overlap': {
    title: 'The folder is watched already',
    advice: 'Choose a folder that neither holds nor lies in a watched one.',
  },
  'watch.limit': {
    title: 'The system allows no more watches',
    advice: 'Ferry scans the folder instead. The command below lifts the limit.',
  },
  'store.failed': {
    title: 'Ferry’s own records could not be read or written',
    advice: 'Check the disk that holds Ferry’s data.',
  },
  'store.full': {
    title: 'The disk that holds Ferry’s data is full',
    advice: 'Make room on it and try again.',
  },
  'contract.invalid-input': {
    title: 'Ferry asked itself for something invalid',
    advice: 'The log under Settings, Diagnostics has the details.',
  },
  'contract.unknown-method': { title: 'This part of Ferry is missing', advice: 'Install Ferry again.' },
  'contract.forbidden': { title: 'This page may not do that', advice: 'Restart Ferry.' },
  cancelled: { title: 'Stopped', advice: '' },
  bug: {
    title: 'Something went wrong inside Ferry',
    advice: 'The log under Settings, Diagnostics has the details.',
  },
}
