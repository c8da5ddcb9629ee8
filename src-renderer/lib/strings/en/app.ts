import { formatCount } from '../../format.ts'

const clips = (count: number) => (count === 1 ? '1 clip' : `${formatCount(count)} clips`)
const folders = (count: number) => (count === 1 ? '1 folder' : `${formatCount(count)} folders`)

/** Words of the frame: title bar, rail, status bar, and what every section says alike. */
export const app = {
  name: 'Ferry',
  sections: {
    library: 'Library',
    uploads: 'Uploads',
    watch: 'Watch folders',
    jobs: 'Jobs',
    metadata: 'Metadata',
    settings: 'Settings',
  },
  regions: {
    rail: 'Sections',
    titlebar: 'Title bar',
    sidebar: 'Sidebar',
    sheet: 'Content',
    status: 'Status',
  },
  sidebar: 'Sidebar',
  inspector: 'Inspector',
  back: 'Back',
  forward: 'Forward',
  add: 'Add',
  addFiles: 'Add files',
  addFolder: 'Add a folder',
  account: 'Account',
  signOut: 'Sign out',
  switchTo: (name: string) => `Switch to ${name}`,
  addAccount: 'Add an account',
  needsYou: (count: number) => (count === 1 ? '1 needs you' : `${formatCount(count)} need you`),
  more: 'More',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  saving: 'Saving',
  retry: 'Retry',
  undo: 'Undo',
  clear: 'Clear',
  remove: 'Remove',
  copy: 'Copy',
  none: 'None',
  loading: 'Reading',
  starting: 'Ferry is starting.',
  cannotStart: 'Ferry cannot start',
  noBridge: 'This page belongs inside the Ferry app. Start it with npm start.',
  linkFailed: (reason: string) => `The asset of the link cannot be shown: ${reason}`,
  signInAgain: {
    /** After the reason, which main gives. */
    keychain: 'Unlock it or start it and try again, or sign in again.',
    other: 'Sign in again to go on. What was mirrored can be looked at meanwhile; uploads wait.',
    tryAgain: 'Try again',
    trying: 'Trying',
    signIn: 'Sign in again',
    sessionOnly: 'For this session only',
  },
  leaving: {
    title: (name: string) => `Sign out of ${name}?`,
    iconik:
      'The account, its token, and what is kept here of its assets, pictures and edits not sent yet are removed. Its uploads stay in the journal.',
    local:
      'Ferry forgets it and removes what is kept of its pictures. Its clips stay in its folder, and it can be opened again.',
    stay: 'Stay signed in',
    leave: 'Sign out',
    leaving: 'Signing out',
    leaveToken: 'Sign out and leave the token there',
  },
  drop: {
    title: 'Drop to plan an upload',
    into: (collection: string) => `Into ${collection}. Nothing starts yet.`,
    plain: 'Nothing starts yet.',
    give: (asset: string) => `As the file of “${asset}”. Nothing starts yet.`,
    noPath: (name: string) => `The place of “${name}” on this machine is not known. Add it with Add files.`,
  },
  status: {
    idle: 'Nothing is uploading',
    uploading: (count: number, waiting: number) =>
      waiting > 0
        ? `Uploading ${clips(count)}, ${formatCount(waiting)} waiting`
        : `Uploading ${clips(count)}`,
    waiting: (count: number) => `${clips(count)} waiting`,
    paused: (count: number) => `Paused, ${clips(count)} waiting`,
    of: (done: string, total: string) => `${done} of ${total}`,
    allUploads: 'All uploads',
    watching: (watching: number, all: number) =>
      watching === all ? `${folders(all)} watched` : `${formatCount(watching)} of ${folders(all)} watching`,
    upToDate: (name: string) => `${name}, up to date`,
    filling: (name: string, done: number, total: number) =>
      `${name}, reading ${formatCount(done)} of ${formatCount(total)}`,
    stale: (name: string) => `${name}, catching up`,
    offline: (name: string) => `${name} cannot be reached`,
    needsSignIn: (name: string) => `${name}, sign in again`,
  },
}
