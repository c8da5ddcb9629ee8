import type { PasswordLogin } from '@main/ports/password-login.ts'

/** For tests in which nobody signs in with a password. */
export const noPasswordLogin: PasswordLogin = {
  begin: () => Promise.reject(new Error('nobody signs in with a password here')),
  revoke: () => Promise.reject(new Error('nobody signed in with a password here')),
  renew: () => Promise.reject(new Error('nobody signed in with a password here')),
}
