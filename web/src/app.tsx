import { MantineProvider } from '@mantine/core'
import { DatesProvider } from '@mantine/dates'
import { Notifications } from '@mantine/notifications'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useMemo } from 'react'
import { ApiError } from './api/errors'
import { forgetKept } from './api/kept'
import { useLanguage } from './language/language'
import { separators } from './language/write'
import { router } from './router'
import { readable, themeWith } from './ui/theme'
import { tellFailure } from './ui/tell'

/** A session that has ended shows the sign-in page, and comes back to where it was. */
function signedOut(error: unknown) {
  if (error instanceof ApiError && error.problem.status === 401 && !['/sign-in', '/forgot', '/link'].includes(location.pathname)) {
    queries.clear()
    forgetKept()
    void router.navigate({ to: '/sign-in', search: { to: location.pathname + location.search } })
  }
}

/** Trying again helps only where the connection or the server was the matter. */
const passes = (error: unknown) => error instanceof ApiError && [0, 429, 503].includes(error.problem.status)

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: signedOut }),
  mutationCache: new MutationCache({
    onError(error, _variables, _context, mutation) {
      signedOut(error)
      if (!mutation.meta?.['shown']) tellFailure(error)
    },
  }),
  defaultOptions: {
    // Without a connection it is tried all the same: a question says that there is none, a check-in is kept.
    mutations: { networkMode: 'always' },
    queries: { networkMode: 'always', staleTime: 10_000, retry: (count, error) => count < 3 && passes(error), retryDelay: (count) => 1000 * 2 ** count },
  },
})

/** Has the page that is asked for on its way before there is something to draw. */
export function ahead() {
  void router.load()
}

export function App() {
  const language = useLanguage()
  const { decimalSeparator } = separators()
  const theme = useMemo(() => themeWith(decimalSeparator), [decimalSeparator])
  return (
    <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queries}>
        <DatesProvider settings={{ locale: language }}><RouterProvider router={router} /></DatesProvider>
      </QueryClientProvider>
    </MantineProvider>
  )
}
