// A watch folder belongs to an account in the app, or to a command that runs for one: the app that shares a state folder with a command
// does not take the command's folders for its own.

export const ownedByCommand = (accountId: string): string => `command:${accountId}`

/** The account that the files of a watch folder go to. */
export const accountOfOwner = (owner: string): string => owner.replace(/^command:/, '')
