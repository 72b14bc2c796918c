import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const SERVER = 'http://localhost:7880';
const OUTPUT = 'target/classes/conference';

/** Writes the compressed forms beside each text, so that the server compresses nothing. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    closeBundle() {
      for (const entry of readdirSync(OUTPUT, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg|html|webmanifest)$/.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const text = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
        writeFileSync(
          `${file}.br`,
          brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
        );
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), compressed()],
  build: {
    outDir: OUTPUT,
    emptyOutDir: true,
    // An inlined asset would be a data: address, which the content security policy refuses.
    assetsInlineLimit: 0,
    // LiveKit's client is this large; it comes after the first paint.
    chunkSizeWarningLimit: 700,
    // Its inline script is refused too, and every browser with WebRTC knows modulepreload's work.
    modulePreload: { polyfill: false },
    target: 'es2022',
    // They know light-dark(), which the older ones that `target` means would need in long form.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
  // `npm run dev` beside a running server, which serves calls to pages of its own only.
  server: {
    proxy: Object.fromEntries(
      ['/api', '/rtc'].map((path) => [path, { target: SERVER, ws: true, headers: { origin: SERVER } }]),
    ),
  },
  test: { include: ['test/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0]);
