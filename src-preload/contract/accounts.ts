import { z } from 'zod'
import { call, event } from './define.ts'
import { ErrorView } from './errors.ts'
import { AccountId, NoInput, Nothing } from './ids.ts'

/** Where the token is kept. `session` means: in memory only, gone when Ferry quits. */
export const KeychainView = z.object({
  available: z.boolean(),
  /** Name of the backend as its user knows it, such as "GNOME Keyring (Secret Service)". */
  backend: z.string(),
  /** Why it cannot be used; null when it can. */
  reason: z.string().nullable(),
})
export type KeychainView = z.infer<typeof KeychainView>

export const AccountView = z.object({
  id: AccountId,
  kind: z.enum(['local', 'iconik']),
  /** The workspace or domain, as its people call it. */
  name: z.string(),
  url: z.string(),
  userName: z.string(),
  keptIn: z.enum(['keychain', 'session']),
  /** How the token came to be: made in iconik by an administrator, or by signing in with a password. */
  signedInBy: z.enum(['token', 'password']),
  appId: z.string(),
  /** `known`: not opened in this session; whether its token is good shows when it is. */
  state: z.enum(['signed-in', 'needs-sign-in', 'unreachable', 'starting', 'known']),
  /** Why it cannot be used; null where it can, or where nobody tried yet. */
  problem: ErrorView.nullable(),
  /** iconik's role names, such as can_write_files. */
  roles: z.array(z.string()),
  /** Of a local workspace: where its data is, how much it holds, how much is free there; null until it was measured. */
  local: z
    .object({ dataDir: z.string(), usedBytes: z.number().nullable(), freeBytes: z.number().nullable() })
    .nullable(),
})
export type AccountView = z.infer<typeof AccountView>

export const Credentials = z.object({
  /** https address of the iconik host; http only on loopback. */
  url: z.string().min(1).max(500),
  appId: z.string().trim().min(1).max(100),
  authToken: z.string().trim().min(1).max(20_000),
})
export type Credentials = z.infer<typeof Credentials>

/** A log-in between its steps. */
export const OpenLogin = z.object({
  id: z.string(),
  /** What to choose from; empty when the password alone was enough. `code`: how a one-time code reaches the person. */
  domains: z.array(z.object({ id: z.string(), name: z.string(), code: z.enum(['app', 'mail']).nullable() })),
})
export type OpenLogin = z.infer<typeof OpenLogin>

export const AccountsState = z.object({
  current: AccountView.nullable(),
  /** Accounts that can be switched to without typing a token. */
  known: z.array(AccountView),
  /** Null until it answered. */
  keychain: KeychainView.nullable(),
})
export type AccountsState = z.infer<typeof AccountsState>

export const accounts = {
  'accounts.state': call({ input: NoInput, output: AccountsState }),
  /** Opens the local workspace, making it on first use. No account, no server. */
  'accounts.openLocal': call({
    input: z.object({ dataDir: z.string().optional(), sampleClips: z.boolean().default(false) }),
    output: AccountView,
    errors: ['store.full', 'file.unreadable'],
  }),
  /** Tries the credentials against the server; nothing is saved. */
  'accounts.test': call({
    input: Credentials,
    output: z.object({ userName: z.string(), domainName: z.string(), missingRoles: z.array(z.string()) }),
    errors: ['api.invalid'],
  }),
  /** Tests, then saves to the keychain (or keeps for this session) and reads back. */
  'accounts.connect': call({
    input: Credentials.extend({ keepIn: z.enum(['keychain', 'session']) }),
    output: AccountView,
    errors: ['auth.keychain-unavailable', 'api.invalid'],
  }),
  /** The first step of a log-in with e-mail and password; nothing is saved, the password is not kept. */
  'accounts.beginLogin': call({
    input: z.object({
      url: z.string().min(1).max(500),
      email: z.string().trim().min(1).max(320),
      password: z.string().min(1).max(1000),
    }),
    output: OpenLogin,
    errors: ['api.invalid'],
  }),
  /** Has the one-time code sent by mail. */
  'accounts.sendCode': call({
    input: z.object({ id: z.string().max(64), domainId: z.string().max(64) }),
    output: Nothing,
    errors: ['api.invalid'],
  }),
  /** The last step; without a choice when the password alone was enough. */
  'accounts.finishLogin': call({
    input: z.object({
      id: z.string().max(64),
      choice: z
        .object({ domainId: z.string().max(64), code: z.string().trim().min(1).max(20).nullable() })
        .nullable(),
      keepIn: z.enum(['keychain', 'session']),
    }),
    output: AccountView,
    errors: ['auth.keychain-unavailable', 'api.invalid'],
  }),
  'accounts.switch': call({ input: z.object({ id: AccountId }), output: AccountView }),
  /**
   * Forgets the account, its token and what is kept of its assets. Uploads of the account stay in the journal. `leaveToken`
   * goes on where the keychain cannot be used; the token stays in it.
   */
  'accounts.signOut': call({
    input: z.object({ id: AccountId, leaveToken: z.boolean().default(false) }),
    output: Nothing,
    errors: ['auth.keychain-unavailable'],
  }),
  'accounts.changed': event(AccountsState),
}
