import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import axe from "axe-core";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { expect } from "vitest";

import { i18nInstance } from "@/app/i18n";
import { resolver, theme } from "@/app/theme";
import type { Language } from "@/lib/words";

/** Renders a screen as the app would, at `path`, without waiting and without retries. */
export async function show(
  screen: ReactNode,
  { path = "/", language = "en" }: { path?: string; language?: Language } = {},
) {
  await i18nInstance.changeLanguage(language);
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <MantineProvider theme={theme} cssVariablesResolver={resolver} env="test">
      <QueryClientProvider client={queries}>
        <MemoryRouter initialEntries={[path]}>
          <div id="content">{screen}</div>
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

/** Fails with axe's own words where the page shuts somebody out. Colours need a real browser. */
export async function expectAccessible(element: Element = document.body): Promise<void> {
  const { violations } = await axe.run(element, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
  expect(found).toEqual([]);
}
