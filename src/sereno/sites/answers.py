"""Words of the API that several rooms answer with."""

from __future__ import annotations

from pydantic import BaseModel

from sereno.base.errors import Words
from sereno.policy.reasons import Reason


class ReasonAnswer(BaseModel):
    """Why something is not recorded, for people and for programs."""

    key: str
    params: dict[str, str]
    en: str
    es: str
    raw: str

    @classmethod
    def of(cls, reason: Reason, words: Words | None = None) -> ReasonAnswer:
        words = words or reason.words()
        return cls(
            key=reason.key, params=dict(reason.params), en=words.en, es=words.es, raw=reason.raw
        )
