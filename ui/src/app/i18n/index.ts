import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

import { recall, remember } from "@/lib/storage";
import { type Language, toLanguage } from "@/lib/words";

import { en } from "./en";
import { es } from "./es";

const KEY = "language";

/** The language chosen here before, or the browser's. */
function firstLanguage(): Language {
  return toLanguage(recall(KEY) ?? navigator.language);
}

function startI18n(): i18n {
  // The resources are in the bundle, so this is done when the call returns.
  void i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, es: { translation: es } },
    lng: firstLanguage(),
    fallbackLng: "en",
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  const tell = (language: string) => (document.documentElement.lang = language);
  tell(i18next.language);
  i18next.on("languageChanged", (language) => {
    tell(language);
    remember(KEY, language);
  });
  return i18next;
}

export const i18nInstance = startI18n();
