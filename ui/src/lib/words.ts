/** The two languages of Sereno. */
export type Language = "en" | "es";

export const LANGUAGES: readonly Language[] = ["en", "es"];

/** A sentence that a server wrote in both languages. */
export interface Words {
  en: string;
  es: string;
}

/** `language` as one of ours; English where it is neither. */
export function toLanguage(language: string | undefined): Language {
  return language?.toLowerCase().startsWith("es") ? "es" : "en";
}

/** The sentence in the reader's language. */
export function pick(words: Words, language: string | undefined): string {
  return words[toLanguage(language)];
}
