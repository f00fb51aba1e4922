import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { expect, it } from "vitest";

import { SignIn } from "@/rooms/signin/SignIn";

import { expectAccessible, show } from "../render";
import { serve } from "../server";

const NOBODY = { user: null, version: "0.1.0", is_demo: false };
const SOMEBODY = { ...NOBODY, user: { id: 1, username: "ana", is_admin: false } };
const WRONG = {
  error: {
    key: "wrong",
    field: null,
    en: "Name or password is not right.",
    es: "El usuario o la contraseña no es correcto.",
  },
};

const screens = (
  <Routes>
    <Route path="/signin" element={<SignIn />} />
    <Route path="/" element={<p>the wall</p>} />
  </Routes>
);

async function fill(user: ReturnType<typeof userEvent.setup>, labels: [RegExp, RegExp, RegExp]) {
  await user.type(screen.getByLabelText(labels[0]), "ana");
  await user.type(screen.getByLabelText(labels[1], { selector: "input" }), "doce y sereno");
  await user.click(screen.getByRole("button", { name: labels[2] }));
}

it("signs in with the CSRF token of the cookie, and goes to the wall", async () => {
  const user = userEvent.setup();
  document.cookie = "csrftoken=c0ffee";
  const sent = serve({
    "GET /api/v1/session": [200, NOBODY],
    "POST /api/v1/session": [200, SOMEBODY],
  });
  await show(screens, { path: "/signin" });
  await fill(user, [/User name/, /^Password/, /Sign in/]);
  await screen.findByText("the wall");
  const post = sent.find(({ call }) => call === "POST /api/v1/session");
  expect(post?.body).toEqual({ username: "ana", password: "doce y sereno" });
  expect(post?.headers.get("X-CSRFToken")).toBe("c0ffee");
});

it("repeats the server's refusal in the reader's language", async () => {
  const user = userEvent.setup();
  serve({ "GET /api/v1/session": [200, NOBODY], "POST /api/v1/session": [401, WRONG] });
  await show(screens, { path: "/signin", language: "es" });
  await fill(user, [/Usuario/, /^Contraseña/, /Entrar/]);
  await waitFor(() => expect(screen.getByRole("alert")).toHaveTextContent(WRONG.error.es));
});

it("shuts nobody out", async () => {
  serve({ "GET /api/v1/session": [200, NOBODY] });
  await show(screens, { path: "/signin" });
  await expectAccessible();
});

it("names the eye of the password in the reader's language", async () => {
  const user = userEvent.setup();
  serve({ "GET /api/v1/session": [200, NOBODY] });
  await show(screens, { path: "/signin", language: "es" });
  const field = screen.getByLabelText("Contraseña");
  expect(field).toHaveAttribute("type", "password");
  await user.click(screen.getByRole("button", { name: "Mostrar u ocultar la contraseña" }));
  expect(field).toHaveAttribute("type", "text");
});
