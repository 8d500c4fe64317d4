import { t } from '../language/language'
// What the API refuses with: RFC 9457 problem documents.

export interface Problem {
  status: number
  code: string
  title: string
  detail: string
  requestId?: string
  errors?: { field: string; code: string; message: string }[]
  conflicts?: { bookingId?: string | null; start: string; end: string }[]
  problems?: { staffId: string; role: string; reasons: { code: string; kind: string; message: string }[] }[]
  overridable?: boolean | null
  /** The search that runs already, where only one may. */
  optimizationId?: string | null
  changed?: { subject: string }[]
  /** What is wrong with the rows of a file. */
  rowErrors?: { row: number; column: string; code: string; message: string }[]
  occurrences?: { number: number; scheduledStart: string; scheduledEnd: string }[]
}

export class ApiError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.problem = problem
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text()
  try {
    return JSON.parse(text) as Problem
  } catch {
    return { status: response.status, code: 'unreadable', title: response.statusText, detail: t('The server answered {{status}}.', { status: response.status }) }
  }
}

/** The problem behind whatever was thrown. */
export function problemIn(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem
  return { status: 0, code: 'broken', title: t('Something broke'), detail: error instanceof Error ? error.message : String(error) }
}
