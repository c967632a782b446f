import type { Provider } from './provider.js'

export const cpu = {
  name: 'cpu',
  title: 'CPU',
  sessionOptions: () => ({ executionProviders: ['cpu'] }),
} as const satisfies Provider
