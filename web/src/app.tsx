import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ApiError } from './api/errors'
import { router } from './router'
import { readable, theme } from './ui/theme'
import { tellFailure } from './ui/tell'

/** A session that has ended shows the sign-in page, and comes back to where it was. */
function signedOut(error: unknown) {
  if (error instanceof ApiError && error.problem.status === 401 && !['/sign-in', '/link'].includes(location.pathname)) {
    queries.clear()
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
    queries: { staleTime: 10_000, retry: (count, error) => count < 3 && passes(error), retryDelay: (count) => 1000 * 2 ** count },
  },
})

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  )
}
