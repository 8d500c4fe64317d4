import { Component, type ReactNode } from 'react'

interface Props { fallback: (error: unknown) => ReactNode; children: ReactNode }

/** Shows what went wrong where a part of the page would have been. */
export class ErrorBoundary extends Component<Props, { error?: unknown }> {
  override state: { error?: unknown } = {}
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    return this.state.error === undefined ? this.props.children : this.props.fallback(this.state.error)
  }
}
