import { defineConfig } from '@playwright/test'
import { findChromium } from './scripts/lib/chromium.mjs'
import { useScratch } from './scripts/lib/scratch.mjs'

useScratch()

const executablePath = findChromium()

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: false,
  // A journey is a browser, a server, a sandbox and a database.
  workers: 2,
  // A journey that passes only the second time is broken.
  retries: 0,
  // Room for a busy machine; a condition that holds ends the wait at once.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  use: {
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    // Recording takes as much processor as the journeys themselves. For one that is red:
    // npx playwright test <file> --trace retain-on-failure
    trace: 'off',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        // Root has no sandbox of its own to offer; a container's /dev/shm is small.
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        // The browser itself calls nobody.
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
})
