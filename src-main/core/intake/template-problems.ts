import type { PlanTargets } from '@contract/uploads.ts'
import { AppError } from '../errors.ts'
import { isUnclosed, nearestToken, unknownTokens } from './metadata-template.ts'
import { type PathPattern, parsePathPattern, patternProblem } from './path-pattern.ts'

export function patternOf(targets: PlanTargets): PathPattern | null {
  return targets.pathPattern ? parsePathPattern(targets.pathPattern) : null
}

/** What is wrong with the templates of the targets, in sentences, with the field that each stands in (null: the collection, the title or the pattern). */
export function templateProblems(targets: PlanTargets): { field: string | null; text: string }[] {
  const names = patternOf(targets)?.names ?? []
  const told = (field: string | null, templates: readonly string[]) =>
    templates.flatMap((template) => [
      ...(isUnclosed(template)
        ? [{ field, text: `A brace is not closed in “${template}”. The brace itself is written {{.` }]
        : []),
      ...unknownTokens(template, names).map((token) => ({
        field,
        text: `{${token}} is not a token. Did you mean {${nearestToken(token, names)}}?`,
      })),
    ])
  const pattern = targets.pathPattern ? patternProblem(targets.pathPattern) : null
  return [
    ...Object.entries(targets.metadata).flatMap(([field, templates]) => told(field, templates)),
    ...told(null, [...(targets.collectionPath ?? []), targets.title ?? '']),
    ...(pattern === null ? [] : [{ field: null, text: pattern }]),
  ]
}

/** @throws AppError contract.invalid-input in the words of the first problem that the templates of the targets have */
export function refuseBadTemplates(targets: PlanTargets): void {
  const [bad] = templateProblems(targets)
  if (bad) throw new AppError('contract.invalid-input', bad.text)
}
