"""Shows a device credentials, without ever locking its account.

1. The first request goes without credentials; only what is asked for in digest is answered.
2. Credentials that are not proven are shown by one request at a time, once. Refused, they halt all
   who use them, also after a restart.
3. Proven ones that are refused: what worked before is asked once more. If it is refused too, the
   password was changed. If not, the nonce was worn out, and a new one is tried once; or the account
   lacks a right, which is remembered.
4. Of proven ones three at most are under way at a time, so that a password that is changed
   meanwhile is refused fewer times than the five after which devices lock.
5. An attempt that is not answered may have been one all the same.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

from sereno.drivers.contract import Login
from sereno.drivers.errors import Refused, Unreachable
from sereno.drivers.gate import Gate
from sereno.drivers.http.answers import Judge, Refusal, Verdict
from sereno.drivers.http.digest_auth import Signer, challenge_of
from sereno.drivers.http.faults import reason_at
from sereno.drivers.http.wire import Call, Reply, Wire
from sereno.media.refusals import time_left
from sereno.policy.reasons import NOTHING

LEAST_ATTEMPTS_LEFT = 2
"""With so few wrong passwords left before the account locks, none that is unproven is shown."""

MOST_UNANSWERED = 3
"""Some devices refuse by hanging up. After so many attempts without an answer we wait."""

MOST_MOVES = 2
"""So often a device may send us on from one of its paths to another."""

_REFUSAL_BYTES = 64 * 1024
_WORN_OUT_AFTER = 3
_UNSAID = Refusal(Verdict.WRONG)

_Said = tuple[Reply, Signer | None]
"""A reply, and what its request was signed with."""


class Showing:
    """Gets replies from one device. Raises DeviceError."""

    def __init__(self, login: Login, gate: Gate, judge: Judge, wire: Wire) -> None:
        self._login = login
        self._gate = gate
        self._judge = judge
        self._wire = wire
        self._idle: list[Signer] = []

    async def reply(self, call: Call) -> Reply:
        """What the device says in the end, also where it has moved that to another path; the
        caller closes it."""
        for _ in range(MOST_MOVES):
            reply = await self._reply(call)
            target = reply.moved_target()
            if target is None:
                return reply
            await reply.close()
            call = replace(call, target=target)
        return await self._reply(call)

    async def _reply(self, call: Call) -> Reply:
        gate = self._gate
        if call.key in gate.forbidden:
            raise self._right_missing(call)
        if gate.is_proven or not self._login.username:
            return await self._converse(call, is_alone=False)
        async with gate.proving:
            return await self._converse(call, is_alone=True)

    async def _converse(self, call: Call, *, is_alone: bool) -> Reply:
        """`is_alone`: the right to show what is not proven is ours."""
        signer = self._idle.pop() if self._idle and self._gate.reuses_nonces else None
        if signer is None:
            reply, signer = await self._challenged(call)
        if signer is not None:
            # Who is refused keeps the place until it is known why: nobody else runs into the same.
            async with nullcontext() if is_alone else self._gate.showing:
                reply = await self._send(call, signer)
                if reply.status == 401:
                    reply, signer = await self._not_accepted(call, reply, signer, is_alone=is_alone)
        refusal = await self._refusal(reply) if reply.status == 403 else _UNSAID
        if signer is None:
            return reply
        self._accept(call, reply, signer)
        self._check_right(call, refusal)
        return reply

    async def _challenged(self, call: Call) -> _Said:
        """The reply to an unsigned request, and what can answer the challenge in it, if one is."""
        reply = await self._send(call)
        if reply.status != 401:
            return reply, None
        refusal = await self._refusal(reply)
        if not self._gate.is_proven:
            self._spare(refusal)
        return reply, Signer(self._login, reply.headers)

    async def _signed(self, call: Call, signer: Signer | None = None) -> _Said:
        """To an unsigned request, where that is enough; else to one that is signed."""
        if signer is None:
            reply, signer = await self._challenged(call)
        if signer is not None:
            reply = await self._send(call, signer)
        return reply, signer

    async def _send(self, call: Call, signer: Signer | None = None) -> Reply:
        gate = self._gate
        gate.check_account()
        is_attempt = signer is not None and not gate.is_proven
        if is_attempt and gate.unanswered_count >= MOST_UNANSWERED:
            gate.unanswered_count = 0
            raise gate.locked(reason_at(self._login, "login_unanswered"))
        gate.unanswered_count += is_attempt
        try:
            reply = await self._wire.send(
                call, signer.sign(call.method, call.target) if signer else ""
            )
        except Unreachable as error:
            gate.missed(error.reason)
            raise
        gate.unanswered_count -= is_attempt
        gate.reached()
        await reply.check_moved()
        return reply

    async def _not_accepted(
        self, call: Call, reply: Reply, signer: Signer, *, is_alone: bool
    ) -> _Said:
        """After a 401 to a signed request."""
        refusal = await self._heard(call, reply, signer)
        if _is_stale(reply, refusal):
            again, other = await self._signed(call, self._renewed(reply, signer))
            if other is None or again.status != 401:
                return again, other
            reply, signer = again, other
            await self._heard(call, reply, signer)
        if not self._gate.is_proven:
            raise await self._wrong(reply)
        async with nullcontext() if is_alone else self._gate.proving:
            return await self._doubted(call, reply, signer)

    async def _doubted(self, call: Call, reply: Reply, signer: Signer) -> _Said:
        """Proven credentials were refused, and nobody else finds out why meanwhile."""
        self._gate.check_account()
        proven, was_worn = self._gate.proven, signer.use_count > 1
        is_sure = proven is not None and proven.key != call.key
        if proven is not None and is_sure and not await self._takes(proven):
            raise await self._wrong(reply)
        if was_worn:
            again, other = await self._signed(call)
            if other is None or again.status != 401:
                self._gate.reuses_nonces &= signer.use_count > _WORN_OUT_AFTER
                return again, other
            await self._refusal(again)
        if not is_sure:
            raise await self._wrong(reply)
        self._gate.forbidden.add(call.key)
        raise self._right_missing(call)

    async def _takes(self, probe: Call) -> bool:
        """Whether the device still gives for these credentials what it gave before."""
        reply, signer = await self._signed(probe)
        if reply.status in (401, 403):
            await self._refusal(reply)
        await reply.close()
        return signer is not None and reply.status not in (401, 403)

    def _renewed(self, reply: Reply, signer: Signer) -> Signer | None:
        """Answers the challenge that came with a refusal, where there is a new one."""
        challenge = challenge_of(reply.headers)
        is_new = challenge is not None and challenge.nonce != signer.nonce
        return Signer(self._login, reply.headers) if is_new else None

    async def _heard(self, call: Call, reply: Reply, signer: Signer) -> Refusal:
        """What a 401 means, where that is not yet the end of it."""
        refusal = await self._refusal(reply)
        if refusal.verdict is Verdict.RIGHT_MISSING:
            self._accept(call, reply, signer)
        self._check_right(call, refusal)
        self._spare(refusal)
        return refusal

    async def _refusal(self, reply: Reply) -> Refusal:
        """What a 401 or 403 means. Raises Locked."""
        body = await reply.read(_REFUSAL_BYTES)
        refusal = self._judge.refusal(reply.status, reply.headers, body) or _UNSAID
        if refusal.verdict is not Verdict.LOCKED:
            return refusal
        wait = {"wait": NOTHING} if refusal.seconds is None else time_left(refusal.seconds)
        raise self._gate.locked(reason_at(self._login, "login_locked", **wait))

    def _check_right(self, call: Call, refusal: Refusal) -> None:
        if refusal.verdict is Verdict.RIGHT_MISSING:
            raise self._right_missing(call, refusal.right)

    def _spare(self, refusal: Refusal) -> None:
        """Rather wait than be the one who locks the account. Raises Locked."""
        left = refusal.attempts_left
        if left is not None and left <= LEAST_ATTEMPTS_LEFT:
            raise self._gate.locked(reason_at(self._login, "login_spared", left=left))

    def _accept(self, call: Call, reply: Reply, signer: Signer) -> None:
        """The device took the credentials."""
        gate = self._gate
        gate.succeeded()
        if call.is_brief and call.is_question and reply.status == 200:
            gate.proven = gate.proven or call
        if gate.reuses_nonces:
            self._idle.append(signer)

    async def _wrong(self, reply: Reply) -> Refused:
        """The credentials are wrong: nobody shows them again."""
        self._gate.check_account()
        raw = (await reply.read(_REFUSAL_BYTES)).decode(errors="replace")
        return self._gate.refused(reason_at(self._login, "login_refused", raw))

    def _right_missing(self, call: Call, right: str = "") -> Refused:
        said = right or call.about or f"{call.method} {call.path}"
        return Refused(reason_at(self._login, "right_missing", right=said))


def _is_stale(reply: Reply, refusal: Refusal) -> bool:
    """Whether the device says that it is the nonce that it refuses."""
    challenge = challenge_of(reply.headers)
    return refusal.verdict is Verdict.STALE or (challenge is not None and challenge.is_stale)
