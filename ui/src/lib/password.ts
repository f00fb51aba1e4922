/**
 * What a person can know of a password before the hub judges it. The hub's own rules (Django's
 * validators) decide; these follow them, so that most people are never refused.
 */
export const SHORTEST_PASSWORD = 10;

export interface PasswordRules {
  isLongEnough: boolean;
  isNotOnlyDigits: boolean;
  isNotTheName: boolean;
}

export function checkPassword(password: string, username: string): PasswordRules {
  const name = username.toLowerCase();
  return {
    isLongEnough: password.length >= SHORTEST_PASSWORD,
    isNotOnlyDigits: password !== "" && !/^\d+$/.test(password),
    isNotTheName: password !== "" && !(name !== "" && password.toLowerCase().includes(name)),
  };
}

export type Strength = "weak" | "fair" | "strong";

/** A rough measure: length counts most, then the variety of characters. */
export function strengthOf(password: string): Strength {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password));
  const variety = new Set(password).size;
  if (password.length < SHORTEST_PASSWORD || variety < 6) return "weak";
  const points = password.length + 2 * kinds.length;
  return points >= 22 ? "strong" : "fair";
}
