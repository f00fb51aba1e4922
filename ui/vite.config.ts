import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where a running Sereno listens, for `npm run dev`. */
const target = process.env["SERENO_URL"] ?? "http://127.0.0.1:8080";
const upstream = { target, secure: false, ws: true, xfwd: false };

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": upstream, "/media": upstream, "/ws": upstream } },
  build: {
    outDir: "../src/sereno/front/static",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 750,
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
