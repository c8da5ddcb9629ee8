import { z } from 'zod'
import type { Lane } from '../../core/pacing/request-budget.ts'
import type { AuthApi } from '../../ports/iconik-api.ts'
import type { IconikHttp } from './http.ts'
import { User } from './wire.ts'

const Roles = z.looseObject({ objects: z.array(z.string()) })
const Settings = z.record(z.string(), z.unknown())

export function createAuthApi(http: IconikHttp, lane: Lane): AuthApi {
  return {
    check: (signal) => http.send({ method: 'GET', path: '/API/auth/v1/auth/token/', lane, signal }),
    async currentUser(signal) {
      const user = await http.json(
        { method: 'GET', path: '/API/users/v1/users/current/', lane, signal },
        User,
      )
      return {
        id: user.id,
        name: `${user.first_name} ${user.last_name}`.trim() || user.email,
        email: user.email,
        systemDomainId: user.system_domain_id ?? '',
        systemName: user.system_name ?? '',
      }
    },
    async roles(signal) {
      const call = { method: 'GET', path: '/API/users/v1/users/current/roles/', lane, signal } as const
      return (await http.json(call, Roles)).objects
    },
    settings: (signal) =>
      http.json({ method: 'GET', path: '/API/settings/v1/merged/current/', lane, signal }, Settings),
  }
}
